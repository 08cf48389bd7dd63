/* SPDX-License-Identifier: ISC */
/* Amounts as docker stats and ps show them. */
#ifndef CENTERCTL_CLIENT_AMOUNT_H
#define CENTERCTL_CLIENT_AMOUNT_H

#include <stddef.h>
#include <stdint.h>

/* Powers of 1024: "0B", "512B", "1.5KiB", "20.3MiB". */
void amount_binary(uint64_t bytes, char *to, size_t size);

/* Powers of 1000: "0B", "1.26kB", "3.4MB". */
void amount_decimal(uint64_t bytes, char *to, size_t size);

/* As ps does: "00:00:07", "1-02:03:04". */
void amount_time(uint64_t ms, char *to, size_t size);

#endif
