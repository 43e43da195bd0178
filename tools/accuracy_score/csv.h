/* A table with a header line, read whole: commas or tabs, no quoting. */
#ifndef ACCURACY_CSV_H
#define ACCURACY_CSV_H

#include <stddef.h>

typedef struct acc_csv {
    char *text;    /* the file; cells are its parts, zero-terminated */
    char **cell;   /* (n_rows + 1, n_columns), the header first */
    size_t n_rows; /* without the header */
    size_t n_columns;
} acc_csv;

/** @return 0; -1 with a line on stderr: not readable, empty or with ragged rows */
int acc_csv_read(acc_csv *csv, const char *path, char separator);
void acc_csv_free(acc_csv *csv);

/** Index of a column, or -1. */
int acc_csv_column(const acc_csv *csv, const char *name);

/** "" when column is -1. */
const char *acc_csv_text(const acc_csv *csv, size_t row, int column);

/** NaN when the cell is empty, no number, or column is -1. */
double acc_csv_number(const acc_csv *csv, size_t row, int column);

#endif
