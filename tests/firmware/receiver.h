/* Receives images by the device protocol. No allocation, no clock, no MQTT: the transport is yours (README.md). */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* 32,768 is all that the protocol can number and costs 4 KiB; a device that takes small images needs fewer. */
#ifndef RECEIVER_MAX_CHUNKS
#define RECEIVER_MAX_CHUNKS 32768
#endif

struct receiver {
    /* Set before the first message. */
    uint8_t *image; /* the one buffer: the image is put together here */
    uint32_t room;  /* its length in bytes */
    int next;       /* numbering of the feedback: 0 echo, 1 next */
    void *context;  /* handed to both functions */
    void (*answer)(void *context, const uint8_t feedback[8]); /* publish it on the from topic, QoS 0, not retained */
    void (*whole)(void *context, const char *name, const uint8_t *image, uint32_t size); /* once for each image */

    /* The receiver's own; all zero at the start. `at` counts the bytes of the message that have come. */
    size_t at;
    uint32_t size, crc, chunk;
    char text[256];
    uint8_t head[9], *target, known, checked, done, have[(RECEIVER_MAX_CHUNKS + 7) / 8];
};

/* One piece of an MQTT message of `total` bytes, which begins at `offset` in it. A message that came whole is one piece. */
void receiver_piece(struct receiver *r, const uint8_t *piece, size_t length, size_t offset, size_t total);
