/* Dense matrix product in doubles: a triple loop whose inner trip count is known. */
#define EXPORT(name) __attribute__((export_name(#name)))
#define SIZE 96

static double left[SIZE][SIZE], right[SIZE][SIZE], product[SIZE][SIZE];

__attribute__((noinline)) static void multiply(void) {
  for (int row = 0; row < SIZE; row++)
    for (int column = 0; column < SIZE; column++) {
      double sum = 0;
      for (int k = 0; k < SIZE; k++) sum += left[row][k] * right[k][column];
      product[row][column] = sum;
    }
}

EXPORT(run) int run(int rounds) {
  double trace = 0;
  for (int row = 0; row < SIZE; row++)
    for (int column = 0; column < SIZE; column++) {
      left[row][column] = (row * 3 + column) % 11;
      right[row][column] = (row + column * 5) % 13 - 6;
    }
  for (int round = 0; round < rounds; round++) {
    multiply();
    trace += product[round % SIZE][(round * 7) % SIZE];
    left[round % SIZE][round % SIZE] += 1;
  }
  return (int)trace;
}
