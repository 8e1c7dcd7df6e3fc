/* The receiver without a network: takes messages in hex, one a line, and says what the device does. For the tests.
 *
 *   replay echo|next PIECE ROOM [twice]
 *
 * PIECE: bytes of a message that come at once, 0 for all of them; each piece comes twice if so told.
 */
#include "receiver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void answer(void *context, const uint8_t feedback[8])
{
    (void)context;
    for (int i = 0; i < 8; i++)
        printf("%02X%c", feedback[i], i < 7 ? ' ' : '\n');
}

static void whole(void *context, const char *name, const uint8_t *image, uint32_t size)
{
    (void)context;
    uint32_t sum = 0;
    for (uint32_t i = 0; i < size; i++)
        sum = sum * 31 + image[i];
    printf("whole %s %lu %lu\n", name, (unsigned long)size, (unsigned long)sum);
}

/* Reads hex digits, two for each byte. */
static size_t bytes_of(const char *line, uint8_t *out)
{
    size_t length = 0;
    for (; line[0] > ' ' && line[1] > ' '; line += 2) {
        char digits[3] = { line[0], line[1], 0 };
        out[length++] = (uint8_t)strtoul(digits, NULL, 16);
    }
    return length;
}

int main(int count, char **words)
{
    static struct receiver device;
    static char line[80000];
    static uint8_t message[40000];
    if (count < 4)
        return 2;
    int times = count > 4 && !strcmp(words[4], "twice") ? 2 : 1;
    size_t piece = strtoul(words[2], NULL, 10);
    device.next = !strcmp(words[1], "next");
    device.room = (uint32_t)strtoul(words[3], NULL, 10);
    device.image = malloc(device.room);
    device.answer = answer;
    device.whole = whole;
    if (!device.image)
        return 2;
    while (fgets(line, sizeof line, stdin)) {
        size_t total = bytes_of(line, message), at = 0;
        do {
            size_t length = piece && piece < total - at ? piece : total - at;
            for (int time = 0; time < times; time++)
                receiver_piece(&device, message + at, length, at, total);
            at += length;
        } while (at < total);
    }
    free(device.image);
    return 0;
}
