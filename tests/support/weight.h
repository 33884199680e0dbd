/* How much a test of load does: what a plain native build does in a second takes ten under a sanitizer, and longer under Wine. */
#ifndef TESTS_SUPPORT_WEIGHT_H
#define TESTS_SUPPORT_WEIGHT_H

/* gcc tells of a sanitizer by a macro, clang by a feature. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define WEIGHT_SANITIZED 1
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WEIGHT_SANITIZED 1
#endif

/* WEIGHT(plain, sanitized, windows): the number for this build; WEIGHT_REASON, to be printed with it, says why it is not the first. */
#if defined(WEIGHT_SANITIZED)
#define WEIGHT(plain, sanitized, windows) (sanitized)
#define WEIGHT_REASON                     " (fewer: under a sanitizer)"
#elif defined(_WIN32)
#define WEIGHT(plain, sanitized, windows) (windows)
#define WEIGHT_REASON                     " (fewer: under Windows)"
#else
#define WEIGHT(plain, sanitized, windows) (plain)
#define WEIGHT_REASON                     ""
#endif

#endif
