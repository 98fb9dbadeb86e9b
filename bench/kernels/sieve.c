/* Sieve of Eratosthenes: the tightest inner loop, one store and one addition per turn. */
#define EXPORT(name) __attribute__((export_name(#name)))
#define LIMIT 300000

static unsigned char composite[LIMIT + 1];

__attribute__((noinline)) static int countPrimes(void) {
  int found = 0;
  for (int i = 2; i <= LIMIT; i++) composite[i] = 0;
  for (int i = 2; i <= LIMIT; i++) {
    if (composite[i]) continue;
    found++;
    for (int multiple = i + i; multiple <= LIMIT; multiple += i) composite[multiple] = 1;
  }
  return found;
}

EXPORT(run) int run(int rounds) {
  int sum = 0;
  while (rounds-- > 0) sum += countPrimes();
  return sum;
}
