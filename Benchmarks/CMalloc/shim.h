/* What glibc's allocator says about itself, which Swift's Glibc module leaves out. */
#if defined(__linux__)
#include <malloc.h>
#endif
