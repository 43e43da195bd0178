#include "rigid.h"

#include <math.h>
#include <stdbool.h>

acc_vec acc_vec_mix(acc_vec a, acc_vec b, double share_of_b)
{
    return (acc_vec){a.x + (b.x - a.x) * share_of_b, a.y + (b.y - a.y) * share_of_b,
                     a.z + (b.z - a.z) * share_of_b};
}

static acc_vec centre(const acc_vec *p, size_t n)
{
    acc_vec c = {0, 0, 0};
    for (size_t i = 0; i < n; i++)
        c = (acc_vec){c.x + p[i].x / (double)n, c.y + p[i].y / (double)n, c.z + p[i].z / (double)n};
    return c;
}

/* Horn's symmetric matrix, whose leading eigenvector is the quaternion. */
static void horn_matrix(const acc_rigid *fit, const acc_vec *from, const acc_vec *to, size_t n,
                        double m[4][4])
{
    double s[3][3] = {{0}};
    for (size_t i = 0; i < n; i++) {
        double a[3] = {from[i].x - fit->from.x, from[i].y - fit->from.y, from[i].z - fit->from.z};
        double b[3] = {to[i].x - fit->to.x, to[i].y - fit->to.y, to[i].z - fit->to.z};
        for (int r = 0; r < 3; r++)
            for (int c = 0; c < 3; c++)
                s[r][c] += a[r] * b[c];
    }
    m[0][0] = s[0][0] + s[1][1] + s[2][2];
    m[1][1] = s[0][0] - s[1][1] - s[2][2];
    m[2][2] = s[1][1] - s[0][0] - s[2][2];
    m[3][3] = s[2][2] - s[0][0] - s[1][1];
    m[0][1] = m[1][0] = s[1][2] - s[2][1];
    m[0][2] = m[2][0] = s[2][0] - s[0][2];
    m[0][3] = m[3][0] = s[0][1] - s[1][0];
    m[1][2] = m[2][1] = s[0][1] + s[1][0];
    m[1][3] = m[3][1] = s[2][0] + s[0][2];
    m[2][3] = m[3][2] = s[1][2] + s[2][1];
}

/* One Jacobi rotation that zeroes m[p][q]; v gathers the eigenvectors as columns. */
static void rotate(double m[4][4], double v[4][4], int p, int q)
{
    if (m[p][q] == 0)
        return;
    double theta = (m[q][q] - m[p][p]) / (2 * m[p][q]);
    double t = copysign(1, theta) / (fabs(theta) + sqrt(theta * theta + 1));
    double c = 1 / sqrt(t * t + 1), s = t * c;
    for (int k = 0; k < 4; k++) {
        double a = m[k][p], b = m[k][q];
        m[k][p] = c * a - s * b;
        m[k][q] = s * a + c * b;
    }
    for (int k = 0; k < 4; k++) {
        double a = m[p][k], b = m[q][k];
        m[p][k] = c * a - s * b;
        m[q][k] = s * a + c * b;
    }
    for (int k = 0; k < 4; k++) {
        double a = v[k][p], b = v[k][q];
        v[k][p] = c * a - s * b;
        v[k][q] = s * a + c * b;
    }
}

static void leading_vector(double m[4][4], double q[4])
{
    double v[4][4] = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};
    for (int sweep = 0; sweep < 12; sweep++) /* 4x4 settles in about 5 */
        for (int p = 0; p < 3; p++)
            for (int r = p + 1; r < 4; r++)
                rotate(m, v, p, r);
    int best = 0;
    for (int i = 1; i < 4; i++)
        if (m[i][i] > m[best][best])
            best = i;
    for (int i = 0; i < 4; i++)
        q[i] = v[i][best];
}

int acc_rigid_fit(acc_rigid *fit, const acc_vec *from, const acc_vec *to, size_t n)
{
    fit->from = centre(from, n);
    fit->to = centre(to, n);
    bool is_whole = isfinite(fit->from.x + fit->from.y + fit->from.z) &&
                    isfinite(fit->to.x + fit->to.y + fit->to.z);
    if (n < 3 || !is_whole)
        return -1;
    double m[4][4], q[4];
    horn_matrix(fit, from, to, n, m);
    leading_vector(m, q);
    double w = q[0], x = q[1], y = q[2], z = q[3];
    const double r[3][3] = {
        {1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)},
        {2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)},
        {2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)},
    };
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++)
            fit->rotation[i][k] = r[i][k];
    return 0;
}

acc_vec acc_rigid_move(const acc_rigid *fit, acc_vec p)
{
    double d[3] = {p.x - fit->from.x, p.y - fit->from.y, p.z - fit->from.z}, o[3];
    for (int i = 0; i < 3; i++)
        o[i] = fit->rotation[i][0] * d[0] + fit->rotation[i][1] * d[1] + fit->rotation[i][2] * d[2];
    return (acc_vec){fit->to.x + o[0], fit->to.y + o[1], fit->to.z + o[2]};
}
