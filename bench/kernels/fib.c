/* Recursion: nothing but calls, so the cost of a call's bookkeeping shows undiluted. */
#define EXPORT(name) __attribute__((export_name(#name)))

__attribute__((noinline)) static int fib(int n) {
  if (n < 2) return n;
  return fib(n - 1) + fib(n - 2);
}

EXPORT(run) int run(int n) { return fib(n); }
