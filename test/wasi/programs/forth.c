// A small interpreter: Forth, from files and then from the standard input.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELLS = 4096, WORDS = 256, NAME = 16 };
typedef struct {
  char name[NAME];
  int start;
} Word;

static int stack[256], depth;
static int calls[256], callDepth;
static int code[CELLS], here;
static Word words[WORDS];
static int wordCount, failed, defining, opens[32], openDepth;

enum { LIT = 1, ADD, SUB, MUL, DIV, MOD, DUP, DROP, SWAP, OVER, ROT, DOT, CR, EMIT, LESS, EQUAL, BRANCH, IFNOT, CALL, RET, AND };
static const char *const names[] = {
  "", "", "+", "-", "*", "/", "mod", "dup", "drop", "swap", "over", "rot", ".", "cr", "emit", "<", "=", "", "", "", "", "and",
};

static void fail(const char *why, const char *word) {
  printf("%s %s\n", why, word);
  failed = 1;
  depth = callDepth = 0;
}

static void push(int value) {
  if (depth < 256) stack[depth++] = value;
  else fail("stack full", "");
}

static int pop(void) {
  if (depth > 0) return stack[--depth];
  fail("stack empty", "");
  return 0;
}

static void put(int value) {
  if (here < CELLS) code[here++] = value;
  else fail("code full", "");
}

static void run(int at) {
  int bottom = callDepth;
  for (int a, b, c; !failed;) {
    switch (code[at++]) {
      case LIT: push(code[at++]); break;
      case ADD: b = pop(); push((int)((unsigned)pop() + b)); break;
      case SUB: b = pop(); push((int)((unsigned)pop() - b)); break;
      case MUL: b = pop(); push((int)((unsigned)pop() * b)); break;
      case DIV: b = pop(); a = pop(); if (b == 0) fail("divided by", "0"); else push(b == -1 ? -(unsigned)a : a / b); break;
      case MOD: b = pop(); a = pop(); if (b == 0) fail("divided by", "0"); else push(b == -1 ? 0 : a % b); break;
      case DUP: a = pop(); push(a); push(a); break;
      case DROP: pop(); break;
      case SWAP: b = pop(); a = pop(); push(b); push(a); break;
      case OVER: b = pop(); a = pop(); push(a); push(b); push(a); break;
      case ROT: c = pop(); b = pop(); a = pop(); push(b); push(c); push(a); break;
      case DOT: printf("%d ", pop()); break;
      case CR: printf("\n"); break;
      case EMIT: putchar(pop()); break;
      case LESS: b = pop(); push(-(pop() < b)); break;
      case EQUAL: b = pop(); push(-(pop() == b)); break;
      case AND: b = pop(); push(pop() & b); break;
      case BRANCH: at = code[at]; break;
      case IFNOT: at = pop() ? at + 1 : code[at]; break;
      case CALL:
        if (callDepth < 256) calls[callDepth++] = at + 1, at = code[at];
        else fail("calls too deep", "");
        break;
      case RET:
        if (callDepth == bottom) return;
        at = calls[--callDepth];
        break;
      default: return;
    }
  }
}

static int control(const char *word) {
  if (!strcmp(word, "if")) put(IFNOT), opens[openDepth++] = here, put(0);
  else if (!strcmp(word, "else")) {
    put(BRANCH), put(0);
    code[opens[openDepth - 1]] = here;
    opens[openDepth - 1] = here - 1;
  } else if (!strcmp(word, "then")) code[opens[--openDepth]] = here;
  else if (!strcmp(word, "begin")) opens[openDepth++] = here;
  else if (!strcmp(word, "until")) put(IFNOT), put(opens[--openDepth]);
  else if (!strcmp(word, "recurse")) put(CALL), put(words[wordCount - 1].start);
  else return 0;
  return 1;
}

static int compile(const char *word) {
  if (control(word)) return 1;
  for (int i = wordCount - 1; i >= 0; i--) {
    if (!strcmp(words[i].name, word)) return put(CALL), put(words[i].start), 1;
  }
  for (int i = ADD; i <= AND; i++) {
    if (!strcmp(names[i], word)) return put(i), 1;
  }
  char *end;
  long value = strtol(word, &end, 10);
  if (*end || !*word) return fail("what is", word), 0;
  put(LIT), put((int)value);
  return 1;
}

static void interpret(FILE *file) {
  char word[NAME];
  while (fscanf(file, "%15s", word) == 1) {
    failed = 0;
    if (!strcmp(word, ":")) {
      if (fscanf(file, "%15s", word) != 1 || wordCount == WORDS) return;
      defining = 1;
      strcpy(words[wordCount].name, word);
      words[wordCount++].start = here;
    } else if (!strcmp(word, ";")) {
      put(RET);
      defining = 0;
    } else if (!strcmp(word, "bye")) {
      exit(depth ? pop() : 0);
    } else if (defining) {
      compile(word);
    } else {
      int start = here;
      if (compile(word)) put(RET), run(start);
      here = start;
    }
    fflush(stdout);
  }
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    FILE *file = fopen(argv[i], "r");
    if (!file) {
      perror(argv[i]);
      return 1;
    }
    interpret(file);
    fclose(file);
  }
  interpret(stdin);
  return 0;
}
