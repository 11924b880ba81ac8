/* Conceals lost frames with the PLC of spandsp, the reference of experiment 4.
 *
 * conceal_spandsp SAMPLES MASK     SAMPLES per frame; MASK is a file of one byte for each
 *                      frame, '1' where it is lost. Little-endian int16 comes on
 *                      stdin and goes to stdout.
 * conceal_spandsp SAMPLES MASK N   conceals the input N times and writes to stdout, as text,
 *                      the nanoseconds of CPU per lost frame: those with the
 *                      losses less those of the same calls without any.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <spandsp.h>

static int16_t *pcm, *out;
static size_t samples;
static char *mask;
static size_t frames;
static int frame;

static void *slurp(FILE *f, size_t *size)
{
    size_t room = 1 << 16, n = 0, got;
    char *buf = malloc(room);

    while (buf && (got = fread(buf + n, 1, room - n, f)) > 0) {
        n += got;
        if (n == room)
            buf = realloc(buf, room *= 2);
    }
    if (!buf)
        exit(1);
    *size = n;
    return buf;
}

/* Runs the whole input; lost says whether the mask counts. */
static void run(int lost)
{
    plc_state_t *s = plc_init(NULL);

    memcpy(out, pcm, samples * sizeof(*pcm));
    for (size_t i = 0; i < frames; i++) {
        int16_t *at = out + i * frame;
        if (lost && mask[i] == '1')
            plc_fillin(s, at, frame);
        else
            plc_rx(s, at, frame);
    }
    plc_free(s);
}

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void cost(int rounds)
{
    size_t lost = 0;
    double begun, with, without;

    for (size_t i = 0; i < frames; i++)
        lost += mask[i] == '1';
    run(1);
    begun = seconds();
    for (int i = 0; i < rounds; i++)
        run(1);
    with = seconds() - begun;
    begun = seconds();
    for (int i = 0; i < rounds; i++)
        run(0);
    without = seconds() - begun;
    printf("%.1f\n", lost ? (with - without) / rounds / lost * 1e9 : 0.0);
}

int main(int argc, char **argv)
{
    size_t size;
    FILE *f;

    if (argc < 3 || (frame = atoi(argv[1])) <= 0 || !(f = fopen(argv[2], "rb"))) {
        fprintf(stderr, "usage: conceal_spandsp samples mask [rounds]\n");
        return 2;
    }
    mask = slurp(f, &frames);
    fclose(f);
    pcm = slurp(stdin, &size);
    samples = size / sizeof(*pcm);
    if (frames > samples / frame)
        frames = samples / frame;
    out = malloc(samples * sizeof(*pcm) + 1);
    if (!out)
        return 1;
    if (argc > 3) {
        cost(atoi(argv[3]));
        return 0;
    }
    run(1);
    return fwrite(out, sizeof(*pcm), samples, stdout) == samples ? 0 : 1;
}
