/* form: faults found in steps, by rules that are data. What it offers is public:
 * include/treadscope/form.h. */
#ifndef FORM_FORM_H
#define FORM_FORM_H

#include <treadscope/form.h>

#endif
