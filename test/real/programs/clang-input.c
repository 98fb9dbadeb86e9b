/* Something of everything for an optimizing compiler: loops, recursion, floats, a switch, structures. */
typedef unsigned int u32;
struct node {
  struct node *left, *right;
  u32 key;
};

static u32 state = 1;
static u32 next(void) {
  state ^= state << 13;
  state ^= state >> 17;
  return state ^= state << 5;
}

static struct node pool[256];
static u32 used;

static struct node *insert(struct node *tree, u32 key) {
  if (!tree) {
    if (used == 256) return 0;
    pool[used].key = key;
    return &pool[used++];
  }
  if (key < tree->key)
    tree->left = insert(tree->left, key);
  else
    tree->right = insert(tree->right, key);
  return tree;
}

static u32 depth(const struct node *tree) {
  if (!tree) return 0;
  u32 left = depth(tree->left), right = depth(tree->right);
  return 1 + (left > right ? left : right);
}

double integrate(double (*f)(double), double from, double to, int steps) {
  double sum = 0, width = (to - from) / steps;
  for (int i = 0; i < steps; i++) sum += f(from + width * (i + 0.5)) * width;
  return sum;
}

int evaluate(const char *program, int length) {
  int stack[64], top = 0;
  for (int i = 0; i < length; i++) {
    switch (program[i]) {
      case '+': top--; stack[top - 1] += stack[top]; break;
      case '-': top--; stack[top - 1] -= stack[top]; break;
      case '*': top--; stack[top - 1] *= stack[top]; break;
      case '/': top--; if (!stack[top]) return -1; stack[top - 1] /= stack[top]; break;
      default: stack[top++] = program[i] - '0';
    }
  }
  return stack[0];
}

void multiply(const float a[restrict 16], const float b[restrict 16], float out[restrict 16]) {
  for (int i = 0; i < 4; i++)
    for (int j = 0; j < 4; j++) {
      float sum = 0;
      for (int k = 0; k < 4; k++) sum += a[4 * i + k] * b[4 * k + j];
      out[4 * i + j] = sum;
    }
}

u32 grow_tree(u32 keys) {
  struct node *tree = 0;
  for (u32 i = 0; i < keys; i++) tree = insert(tree, next());
  return depth(tree);
}
