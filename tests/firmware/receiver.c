#include "receiver.h"

#include <stdlib.h>
#include <string.h>

enum { BEGIN = 1, DATA = 2, FINISH = 3, HEAD = 9 };
#define LOST SIZE_MAX /* the rest of this message is of no use */

static uint32_t u16(const uint8_t *at) { return at[0] | (uint32_t)at[1] << 8; }
static int has(const struct receiver *r, uint32_t n) { return r->have[n / 8] >> (n % 8) & 1; }

static void answer(struct receiver *r, uint8_t function, uint32_t number, int status)
{
    /* With "next" the sum wraps after 32,767, and the sender knows it. */
    uint16_t n = (uint16_t)(function == DATA ? number + (r->next ? 1 : 0) : 0);
    uint8_t out[8] = { 0xFF, 0xFF, 0xEE, 0xEE, function, (uint8_t)n, (uint8_t)(n >> 8), (uint8_t)status };
    r->answer(r->context, out);
}

static uint32_t crc32(const uint8_t *bytes, uint32_t length)
{
    uint32_t crc = 0xFFFFFFFF;
    for (; length--; bytes++)
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ ((crc ^ *bytes >> bit) & 1 ? 0xEDB88320 : 0);
    return ~crc;
}

/* "name;size", and from some senders ";crc32=0123abcd". Every begin starts anew, a repeated one too. */
static void begin(struct receiver *r)
{
    char *size = strchr(r->text, ';');
    r->done = 0;
    r->chunk = 0;
    memset(r->have, 0, sizeof r->have);
    if (size && size[1] >= '0' && size[1] <= '9') {
        *size++ = 0;
        unsigned long bytes = strtoul(size, NULL, 10);
        const char *crc = strstr(size, ";crc32=");
        r->checked = crc != NULL;
        r->crc = crc ? (uint32_t)strtoul(crc + 7, NULL, 16) : 0;
        r->size = (uint32_t)bytes;
        r->known = bytes > 0 && bytes <= r->room;
    }
    answer(r, BEGIN, 0, r->known);
}

/* Where a chunk's bytes go, or NULL. All chunks but the last have the length of chunk 0, which so has to come first. */
static uint8_t *place(struct receiver *r, uint32_t n, uint32_t length)
{
    if (n == 0 && !has(r, 0))
        r->chunk = length;
    uint32_t last = r->chunk ? (r->size - 1) / r->chunk : 0;
    if (!r->known || !r->chunk || last >= RECEIVER_MAX_CHUNKS || n > last)
        return NULL;
    uint32_t at = n * r->chunk, left = r->size - at;
    return length == (left < r->chunk ? left : r->chunk) ? r->image + at : NULL;
}

static void data(struct receiver *r, uint32_t n)
{
    r->have[n / 8] |= (uint8_t)(1 << n % 8);
    answer(r, DATA, n, 1);
}

static void finish(struct receiver *r)
{
    for (uint32_t n = 0; n == 0 || n <= (r->size - 1) / r->chunk; n++)
        if (!has(r, n)) {
            answer(r, DATA, n, 0); /* asks for it; finish comes again afterwards */
            return;
        }
    int good = r->done || !r->checked || crc32(r->image, r->size) == r->crc;
    answer(r, FINISH, 0, good);
    if (good && !r->done) {
        r->done = 1;
        r->whole(r->context, r->text, r->image, r->size);
    }
}

/* The head is there: is the message a frame, and where does its data go? */
static void aim(struct receiver *r, size_t total)
{
    uint32_t n = u16(r->head + 5), length = u16(r->head + 7);
    int function = r->head[4];
    int good = !memcmp(r->head, "\xEE\xEE\xFF\xFF", 4) && length == total - HEAD;
    if (good && function == BEGIN && length < sizeof r->text) {
        r->known = 0;
        r->target = memset(r->text, 0, sizeof r->text);
    } else if (good && function == DATA && (r->target = place(r, n, length)) != NULL)
        r->target = r->done || has(r, n) ? NULL : r->target; /* it is there already: answered, and not written */
    else if (!good || function != FINISH)
        r->at = LOST;
}

void receiver_piece(struct receiver *r, const uint8_t *piece, size_t length, size_t offset, size_t total)
{
    if (offset == 0) {
        r->at = 0;
        r->target = NULL;
    }
    if (r->at != offset || total < HEAD || length > total - offset)
        r->at = LOST;
    for (; length && r->at != LOST; length--, piece++) {
        if (r->at < HEAD)
            r->head[r->at] = *piece;
        else if (r->target)
            r->target[r->at - HEAD] = *piece;
        if (++r->at == HEAD)
            aim(r, total);
    }
    if (r->at != total)
        return;
    r->at = LOST;
    if (r->head[4] == BEGIN)
        begin(r);
    else if (r->head[4] == DATA)
        data(r, u16(r->head + 5));
    else if (r->known)
        finish(r);
}
