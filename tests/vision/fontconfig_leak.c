/* fontconfig 2.14 loses 288 bytes once a process while it parses its configuration.
 * LeakSanitizer asks for this function by name; other builds never call it. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig";
}
