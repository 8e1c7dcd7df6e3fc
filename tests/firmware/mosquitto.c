/* The receiver behind libmosquitto: a device for a desk, and an example of a transport.
 *
 *   mosquitto HOST PORT TO FROM echo|next PIECE FILE
 *
 * PIECE: bytes of a message that are handed over at once, 0 for all, as a microcontroller's library would split it.
 * Each image that came whole is written to FILE, and then told in a line.
 */
#include "receiver.h"

#include <mosquitto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct link {
    struct mosquitto *mqtt;
    const char *to, *from, *file;
    size_t piece;
    struct receiver device;
};

static void answer(void *context, const uint8_t feedback[8])
{
    struct link *link = context;
    mosquitto_publish(link->mqtt, NULL, link->from, 8, feedback, 0, false);
}

/* Finish has been answered already: here a panel may take its 30 seconds. */
static void whole(void *context, const char *name, const uint8_t *image, uint32_t size)
{
    struct link *link = context;
    FILE *file = fopen(link->file, "wb");
    if (!file || fwrite(image, 1, size, file) != size || fclose(file))
        exit(EXIT_FAILURE);
    printf("whole %s %lu\n", name, (unsigned long)size);
    fflush(stdout);
}

static void on_connect(struct mosquitto *mqtt, void *context, int refused)
{
    struct link *link = context;
    if (refused || mosquitto_subscribe(mqtt, NULL, link->to, 0))
        exit(EXIT_FAILURE);
}

static void on_subscribe(struct mosquitto *mqtt, void *context, int id, int count, const int *granted)
{
    (void)mqtt, (void)context, (void)id, (void)count, (void)granted;
    puts("ready");
    fflush(stdout);
}

static void on_message(struct mosquitto *mqtt, void *context, const struct mosquitto_message *message)
{
    struct link *link = context;
    size_t total = (size_t)message->payloadlen, at = 0;
    (void)mqtt;
    if (message->retain) /* of an image that was sent before we came */
        return;
    do {
        size_t length = link->piece && link->piece < total - at ? link->piece : total - at;
        receiver_piece(&link->device, (const uint8_t *)message->payload + at, length, at, total);
        at += length;
    } while (at < total);
}

int main(int count, char **words)
{
    static uint8_t image[1 << 20];
    static struct link link;
    if (count != 8) {
        fputs("mosquitto HOST PORT TO FROM echo|next PIECE FILE\n", stderr);
        return EXIT_FAILURE;
    }
    link.to = words[3];
    link.from = words[4];
    link.piece = strtoul(words[6], NULL, 10);
    link.file = words[7];
    link.device.next = !strcmp(words[5], "next");
    link.device.image = image;
    link.device.room = sizeof image;
    link.device.context = &link;
    link.device.answer = answer;
    link.device.whole = whole;
    mosquitto_lib_init();
    link.mqtt = mosquitto_new(NULL, true, &link);
    if (!link.mqtt)
        return EXIT_FAILURE;
    mosquitto_connect_callback_set(link.mqtt, on_connect);
    mosquitto_subscribe_callback_set(link.mqtt, on_subscribe);
    mosquitto_message_callback_set(link.mqtt, on_message);
    int error = mosquitto_connect(link.mqtt, words[1], atoi(words[2]), 60);
    if (!error)
        error = mosquitto_loop_forever(link.mqtt, -1, 1);
    fprintf(stderr, "%s\n", mosquitto_strerror(error));
    return EXIT_FAILURE;
}
