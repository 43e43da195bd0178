/* Everything treadscope offers to other programs. */
#ifndef TREADSCOPE_TREADSCOPE_H
#define TREADSCOPE_TREADSCOPE_H

#include <treadscope/analyzer.h>
#include <treadscope/form.h>
#include <treadscope/landmarks.h>
#include <treadscope/session.h>
#include <treadscope/status.h>
#include <treadscope/version.h>

#endif
