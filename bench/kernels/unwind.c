/* A recursion of a chosen depth with seven live values a frame, and a stop at its bottom.
 * -DPAUSE: the bottom calls the import env.pause `stops` times (for Asyncify and JSPI);
 * without it the bottom is a loop whose headers are the safepoints. */
#define EXPORT(name) __attribute__((export_name(#name)))

#ifdef PAUSE
__attribute__((import_module("env"), import_name("pause"))) void pause(void);
#else
static volatile int turns;
static void pause(void) { turns++; }
#endif

__attribute__((noinline)) static int dive(int depth, int stops, int a, int b, int c, int d, int e) {
  if (depth == 0) {
#pragma clang loop unroll(disable)
    while (stops-- > 0) pause();
    return a ^ b ^ c ^ d ^ e;
  }
  int below = dive(depth - 1, stops, a + 1, b + a, c ^ b, d + c, e ^ depth);
  return ((((below + a) * b ^ c) + d) * e ^ depth) + stops; /* a chain from `below`: all stay live */
}

EXPORT(run) int run(int depth, int stops) { return dive(depth - 1, stops, 1, 2, 3, 4, 5); }
