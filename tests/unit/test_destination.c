/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/transfer/destination.h"
#include "private_dir.h"

/* A link to something that is not there yet, of that user, in a directory of that mode: what copying to it comes to. */
static int open_link(mode_t mode, uid_t owner)
{
	struct error err;
	cleanup_destination struct destination d = DESTINATION_INIT;
	const char *link = private_path("link");
	assert_int_equal(chmod(private_dir, mode), 0);
	unlink(link);
	assert_int_equal(symlink("new", link), 0);
	assert_int_equal(lchown(link, owner, owner), 0);
	int r = destination_open(&d, link, false, &err);
	if (r == 0)
		assert_string_equal(d.as, "new");
	return r;
}

static void a_strangers_link_is_not_followed_where_everybody_may_put_one(void **state)
{
	(void)state;
	NEEDS_ROOT();
	assert_int_equal(open_link(01777, 65534), -EACCES);
	assert_int_equal(open_link(01777, 0), 0);
	assert_int_equal(open_link(0755, 65534), 0);
	/* Nor its directory's owner's, if that is somebody. */
	assert_int_equal(chown(private_dir, 65534, 65534), 0);
	assert_int_equal(open_link(01777, 65534), 0);
	assert_int_equal(open_link(01777, 65533), -EACCES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PRIVATE_DIR(a_strangers_link_is_not_followed_where_everybody_may_put_one)};
	return RUN(tests);
}
