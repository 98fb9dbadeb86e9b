/* A bytecode interpreter: one loop around a large switch, the shape of every scripting language. */
#define EXPORT(name) __attribute__((export_name(#name)))

enum Op { Push, Get, Set, Add, Sub, Mul, And, Xor, Shr, Less, Jump, JumpIfZero, Call, Return, Halt };
enum Variable { Limit, Start, Total, Value, Steps };

static int code[96];
static int length;

static int emit(enum Op op) {
  code[length] = op;
  return length++;
}

/* Returns where the operand lies, so that a forward jump can be patched. */
static int emitWith(enum Op op, int operand) {
  emit(op);
  code[length] = operand;
  return length++;
}

/* total = sum over start < limit of the number of Collatz steps from start to 1. */
static void assemble(void) {
  length = 0;
  emitWith(Push, 1), emitWith(Set, Start);
  int outer = length;
  emitWith(Get, Start), emitWith(Get, Limit), emit(Less);
  int toEnd = emitWith(JumpIfZero, 0);
  emitWith(Get, Start);
  int toSteps = emitWith(Call, 0);
  emitWith(Get, Total), emit(Add), emitWith(Set, Total);
  emitWith(Get, Start), emitWith(Push, 1), emit(Add), emitWith(Set, Start);
  emitWith(Jump, outer);
  code[toEnd] = length;
  emit(Halt);

  code[toSteps] = length;
  emitWith(Set, Value), emitWith(Push, 0), emitWith(Set, Steps);
  int inner = length;
  emitWith(Push, 1), emitWith(Get, Value), emit(Less);
  int toReturn = emitWith(JumpIfZero, 0);
  emitWith(Get, Steps), emitWith(Push, 1), emit(Add), emitWith(Set, Steps);
  emitWith(Get, Value), emitWith(Push, 1), emit(And);
  int toEven = emitWith(JumpIfZero, 0);
  emitWith(Get, Value), emitWith(Push, 3), emit(Mul), emitWith(Push, 1), emit(Add), emitWith(Set, Value);
  emitWith(Jump, inner);
  code[toEven] = length;
  emitWith(Get, Value), emitWith(Push, 1), emit(Shr), emitWith(Set, Value);
  emitWith(Jump, inner);
  code[toReturn] = length;
  emitWith(Get, Steps), emit(Return);
}

__attribute__((noinline)) static int execute(const int *start, int limit) {
  int stack[32], returns[8], variables[8] = {limit};
  int top = 0, depth = 0;
  const int *at = start;
  for (;;) {
    switch (*at++) {
      case Push: stack[top++] = *at++; break;
      case Get: stack[top++] = variables[*at++]; break;
      case Set: variables[*at++] = stack[--top]; break;
      case Add: top--; stack[top - 1] += stack[top]; break;
      case Sub: top--; stack[top - 1] -= stack[top]; break;
      case Mul: top--; stack[top - 1] *= stack[top]; break;
      case And: top--; stack[top - 1] &= stack[top]; break;
      case Xor: top--; stack[top - 1] ^= stack[top]; break;
      case Shr: top--; stack[top - 1] >>= stack[top]; break;
      case Less: top--; stack[top - 1] = stack[top - 1] < stack[top]; break;
      case Jump: at = start + *at; break;
      case JumpIfZero: at = stack[--top] ? at + 1 : start + *at; break;
      case Call: returns[depth++] = (int)(at + 1 - start); at = start + *at; break;
      case Return: at = start + returns[--depth]; break;
      default: return variables[Total];
    }
  }
}

EXPORT(run) int run(int rounds) {
  int sum = 0;
  assemble();
  /* The limit varies, else the compiler runs one round and multiplies. */
  while (rounds-- > 0) sum += execute(code, 40 + rounds % 40);
  return sum;
}
