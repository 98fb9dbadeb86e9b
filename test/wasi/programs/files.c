// Works on files under the folder that its first argument names, and tells what it sees: the same wherever it runs.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[512];
static const char *root;

static const char *at(const char *name) {
  snprintf(path, sizeof path, "%s/%s", root, name);
  return path;
}

static void tell(const char *what, int result) {
  if (result < 0) printf("%s: %s\n", what, strerror(errno));
  else printf("%s: %d\n", what, result);
}

static int byName(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(const char *name) {
  DIR *dir = opendir(at(name));
  if (!dir) {
    tell("opendir", -1);
    return;
  }
  char *names[64];
  int count = 0;
  for (struct dirent *entry; (entry = readdir(dir)) && count < 64;) {
    if (entry->d_name[0] != '.') names[count++] = strdup(entry->d_name);
  }
  closedir(dir);
  qsort(names, count, sizeof *names, byName);
  printf("%s:", name);
  for (int i = 0; i < count; i++) {
    printf(" %s", names[i]);
    free(names[i]);
  }
  printf("\n");
}

static void writeLines(const char *name, int count) {
  FILE *file = fopen(at(name), "w");
  if (!file) {
    tell("fopen", -1);
    exit(1);
  }
  for (int i = 0; i < count; i++) fprintf(file, "line %d of %s\n", i, name);
  fclose(file);
}

static unsigned sum(const char *name) {
  FILE *file = fopen(at(name), "r");
  if (!file) return 0;
  unsigned value = 1;
  for (int c; (c = getc(file)) != EOF;) value = value * 31 + c;
  fclose(file);
  return value;
}

int main(int argc, char **argv) {
  root = argc > 1 ? argv[1] : "";
  const char *user = getenv("USER");
  printf("%d arguments, USER=%s\n", argc - 1, user ? user : "nobody");

  tell("mkdir", mkdir(at("folder"), 0777));
  tell("mkdir again", mkdir(at("folder"), 0777));
  writeLines("folder/a", 40);
  writeLines("folder/b", 4);
  tell("mkdir", mkdir(at("folder/deep"), 0777));
  writeLines("folder/deep/c", 1);
  list("folder");

  char other[512];
  snprintf(other, sizeof other, "%s/folder/deep/moved", root);
  tell("rename", rename(at("folder/a"), other));
  tell("rmdir", rmdir(at("folder/deep")));
  tell("unlink", unlink(at("folder/none")));
  list("folder");
  list("folder/deep");
  printf("sum %u\n", sum("folder/deep/moved"));

  struct stat found;
  tell("stat", stat(at("folder/deep/moved"), &found));
  printf("%lld bytes, %s\n", (long long)found.st_size, S_ISREG(found.st_mode) ? "a file" : "no file");
  tell("truncate", truncate(at("folder/deep/moved"), 100));
  tell("stat", stat(at("folder/deep/moved"), &found));
  printf("%lld bytes\n", (long long)found.st_size);

  int fd = open(at("folder/b"), O_RDWR);
  tell("seek", (int)lseek(fd, -5, SEEK_END));
  tell("write", (int)write(fd, "12345678", 8));
  tell("seek", (int)lseek(fd, 2, SEEK_SET));
  char text[8] = {0};
  tell("read", (int)read(fd, text, 5));
  printf("read %s\n", text);
  tell("pread", (int)pread(fd, text, 4, 0));
  close(fd);
  tell("write closed", (int)write(fd, "x", 1));

  fd = open(at("folder/b"), O_WRONLY | O_APPEND);
  tell("append", (int)write(fd, "appended\n", 9));
  close(fd);
  printf("sum %u\n", sum("folder/b"));
  tell("symlink", symlink("deep/c", at("folder/link")));
  printf("sum through a link %u\n", sum("folder/link"));
  tell("exclusive", open(at("folder/b"), O_CREAT | O_EXCL | O_WRONLY, 0666));
  tell("outside", open(at("../../../etc/passwd"), O_RDONLY) < 0 ? 0 : 1);

  FILE *temporary = fopen(at("folder/temporary"), "w+");
  unlink(at("folder/temporary"));
  fprintf(temporary, "kept by its descriptor");
  rewind(temporary);
  char kept[64] = {0};
  fread(kept, 1, sizeof kept - 1, temporary);
  printf("%s\n", kept);
  fclose(temporary);
  list("folder");

  remove(at("folder/link"));
  remove(at("folder/b"));
  remove(at("folder/deep/c"));
  remove(at("folder/deep/moved"));
  tell("rmdir", rmdir(at("folder/deep")));
  tell("rmdir", rmdir(at("folder")));
  fprintf(stderr, "done\n");
  return 7;
}
