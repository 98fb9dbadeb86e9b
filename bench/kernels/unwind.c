/* A recursion of a chosen depth with seven live values a frame, and a stop at its bottom.
 * -DPAUSE: the bottom calls the import env.pause `stops` times (for Asyncify and JSPI);
 * -DSWITCH: a guest with two such recursions in two contexts, which switch to each other at the bottom;
 * without both the bottom is a loop whose headers are the safepoints. */
#define EXPORT(name) __attribute__((export_name(#name)))

#ifdef PAUSE
__attribute__((import_module("env"), import_name("pause"))) void pause(void);
#elif defined(SWITCH)
#define IMPORT(name) __attribute__((import_module("hv"), import_name(#name))) int name
IMPORT(context_create)(int argument, int stack_pointer);
IMPORT(context_switch)(int context);
IMPORT(time_monotonic)(unsigned long long *ns);
IMPORT(console_read)(void *to, int length, int flags);
IMPORT(console_write)(const void *from, int length);
static int other;
static void pause(void) {
  int to = other;
  other = 1 - to;
  context_switch(to);
}
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

#ifdef SWITCH
/* Asked by the console: { depth, stops }. Answers { ns, value of both }. */
static struct { int depth, stops; } asked;
static volatile int value;
static char second_stack[4096] __attribute__((aligned(16)));

EXPORT(hv_context) int hv_context(int depth) {
  value += run(depth, asked.stops);
  return 0;
}

EXPORT(hv_start) void hv_start(void) {
  while (console_read(&asked, sizeof asked, 0) == sizeof asked) {
    struct { unsigned long long began, ended; } ns;
    struct { unsigned long long ns, value; } answer;
    time_monotonic(&ns.began);
    other = context_create(asked.depth, (int)(second_stack + sizeof second_stack));
    value = 0;
    value += run(asked.depth, asked.stops);
    context_switch(1); /* its recursion ends */
    time_monotonic(&ns.ended);
    answer.ns = ns.ended - ns.began;
    answer.value = value;
    console_write(&answer, sizeof answer);
  }
}
#endif
