#include "csv.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* No table here is near this; a wrong path should not fill the memory. */
#define MAX_BYTES (64 << 20)

static char *read_all(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return NULL;
    size_t room = 1 << 16, n = 0, got;
    char *text = malloc(room);
    while (text && (got = fread(text + n, 1, room - n - 1, f)) > 0) {
        n += got;
        if (room - n - 1 == 0) {
            char *more = room < MAX_BYTES ? realloc(text, room *= 2) : NULL;
            if (!more)
                free(text);
            text = more;
        }
    }
    fclose(f);
    if (text)
        text[n] = '\0';
    return text;
}

static size_t count_char(const char *s, const char *end, char c)
{
    size_t n = 0;
    for (; s < end; s++)
        n += *s == c;
    return n;
}

/* Cuts `line` at the separators; @return how many cells there were */
static size_t cut(char *line, char separator, char **cell, size_t room)
{
    size_t n = 0;
    for (char *at = line; at; n++) {
        if (n < room)
            cell[n] = at;
        at = strchr(at, separator);
        if (at)
            *at++ = '\0';
    }
    return n;
}

static int split(acc_csv *csv, char separator)
{
    char *end = csv->text + strlen(csv->text), *line_end = csv->text + strcspn(csv->text, "\n");
    csv->n_columns = count_char(csv->text, line_end, separator) + 1;
    size_t n_lines = count_char(csv->text, end, '\n') + 1, n = 0;
    csv->cell = calloc(n_lines * csv->n_columns, sizeof *csv->cell);
    if (!csv->cell)
        return -1;
    for (char *line = csv->text; line < end;) {
        char *next = line + strcspn(line, "\n");
        if (*next)
            *next++ = '\0';
        line[strcspn(line, "\r")] = '\0';
        if (*line) {
            size_t got = cut(line, separator, csv->cell + n * csv->n_columns, csv->n_columns);
            if (got != csv->n_columns)
                return -1;
            n++;
        }
        line = next;
    }
    csv->n_rows = n - 1;
    return n > 0 ? 0 : -1;
}

int acc_csv_read(acc_csv *csv, const char *path, char separator)
{
    memset(csv, 0, sizeof *csv);
    csv->text = read_all(path);
    if (!csv->text) {
        fprintf(stderr, "accuracy_score: %s cannot be read\n", path);
        return -1;
    }
    if (*csv->text == '\0' || split(csv, separator) != 0) {
        fprintf(stderr, "accuracy_score: %s is no even table\n", path);
        acc_csv_free(csv);
        return -1;
    }
    return 0;
}

void acc_csv_free(acc_csv *csv)
{
    free(csv->text);
    free(csv->cell);
    memset(csv, 0, sizeof *csv);
}

int acc_csv_column(const acc_csv *csv, const char *name)
{
    for (size_t i = 0; i < csv->n_columns; i++)
        if (strcmp(csv->cell[i], name) == 0)
            return (int)i;
    return -1;
}

const char *acc_csv_text(const acc_csv *csv, size_t row, int column)
{
    return column < 0 || row >= csv->n_rows
               ? ""
               : csv->cell[(row + 1) * csv->n_columns + (size_t)column];
}

double acc_csv_number(const acc_csv *csv, size_t row, int column)
{
    const char *text = acc_csv_text(csv, row, column);
    char *end;
    double v = strtod(text, &end);
    return end == text || *end != '\0' ? (double)NAN : v;
}
