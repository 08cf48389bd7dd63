/* SPDX-License-Identifier: ISC */
#include "devices.h"

#include <string.h>

#include "lib/base/text.h"

/* All character devices, or the SCSI generic ones: major number 21 of Documentation/admin-guide/devices.txt. */
static bool is_of_disks(const char *rule)
{
	return *rule == 'a' || *rule == 'b' ||
	       (*rule == 'c' && (str_starts(rule + 1, " *") || str_starts(rule + 1, " 21:")));
}

bool devices_give_disks(const char *text)
{
	for (const char *end; *text; text = end + (*end == '\n')) {
		end = strchrnul(text, '\n');
		const char *access = memrchr(text, ' ', (size_t)(end - text));
		if (!access || !is_of_disks(text))
			continue;
		for (access++; access < end; access++)
			if (*access == 'r' || *access == 'w')
				return true;
	}
	return false;
}
