// Functions with types of their own, in C, without a library: the names of exports and the layout of values are those of
// the component model's canonical ABI.

#include <stddef.h>
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(name)))

extern unsigned char __heap_base;

// Memory is never given back: each task has an instance of its own.
EXPORT("cabi_realloc")
void *cabi_realloc(void *old, size_t old_size, size_t align, size_t size) {
  static uintptr_t end = 0;
  if (end == 0) end = (uintptr_t)&__heap_base;
  uintptr_t start = (end + align - 1) & ~(uintptr_t)(align - 1);
  end = start + size;
  size_t pages = (end + 65535) / 65536;
  size_t now = __builtin_wasm_memory_size(0);
  if (pages > now && __builtin_wasm_memory_grow(0, pages - now) == (size_t)-1) __builtin_trap();
  for (size_t i = 0; i < old_size && i < size; i++) ((char *)start)[i] = ((char *)old)[i];
  return (void *)start;
}

struct summary {
  uint32_t count;
  double mean;
  uint8_t has_largest;
  double largest;
};

EXPORT("summarize")
struct summary *summarize(const double *values, size_t count) {
  static struct summary summary;
  double sum = 0;
  summary.has_largest = count > 0;
  for (size_t i = 0; i < count; i++) {
    sum += values[i];
    if (i == 0 || values[i] > summary.largest) summary.largest = values[i];
  }
  summary.count = (uint32_t)count;
  summary.mean = count ? sum / (double)count : 0;
  return &summary;
}

struct result {
  uint8_t is_error;
  const char *text;
  size_t length;
};

EXPORT("shout")
struct result *shout(const char *text, size_t length) {
  static struct result result;
  static const char nothing[] = "there is nothing to shout";
  if (length == 0) {
    result = (struct result){1, nothing, sizeof nothing - 1};
    return &result;
  }
  char *loud = cabi_realloc(NULL, 0, 1, length);
  for (size_t i = 0; i < length; i++) loud[i] = text[i] >= 'a' && text[i] <= 'z' ? text[i] - 32 : text[i];
  result = (struct result){0, loud, length};
  return &result;
}
