/* SPDX-License-Identifier: ISC */
#include "layers.h"

#include <errno.h>

#include "channel.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/priv/layer.h"
#include "lib/proto/message.h"
#include "lookup.h"

static int explain(const char *word, const struct answer_error_info *info, int r, struct error *err)
{
	if (r != -EREMOTEIO || info->kind != ANSWER_NO_SUCH)
		return r;
	return error_set(err, -ENOENT, "no such image: %s (see docker images or podman images; nothing is pulled here)",
			 word);
}

/* centerctl-resolve may have been taken over, and the engine may lie: each of them must be a layer, and be there. */
static int check(char *const *layers, struct error *err)
{
	for (; *layers; layers++) {
		cleanup_fd int fd = layer_open(*layers, err);
		if (fd < 0)
			return fd;
	}
	return 0;
}

int layers_send(struct visit *v, struct error *err)
{
	const char *word = v->request.target;
	if (visit_is_judged(v))
		return error_set(err, -EPERM, "only root may ask where the engine keeps an image");
	if (!is_image_word(word))
		return error_set(err, -EINVAL, "%s is not an image's name or ID", word);
	cleanup_message struct message m = MESSAGE_INIT;
	cleanup_strv char **layers = NULL;
	cleanup_buf struct buf b = {0};
	struct answer_error_info info;
	int r = lookup_ask(v, ASK_IMAGE, word, &m, &info, err);
	if (r < 0)
		return explain(word, &info, r, err);
	if (layers_decode(m.data, m.len, &layers) < 0)
		return error_set(err, -EBADMSG, "centerctl-resolve sent no proper answer about the image");
	r = check(layers, err);
	if (r < 0)
		return error_prepend(err, "image %s cannot be used", word);
	layers_encode(layers, &b);
	return channel_answer(v->channel, CHANNEL_LAYERS, &b, err);
}
