// The thin shim over OpenCV: polygons into coverage. Nothing of C++ leaves this file.
#include <climits>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "vision/canvas.h"

namespace
{

// Fractional bits of OpenCV's fixed-point vertices.
constexpr int shift = 8;
static_assert(4LL * TREAD_CANVAS_MAX_PX * (1 << shift) < INT_MAX / 4,
              "vertices fit OpenCV's fixed point");

// OpenCV has pixel centres at whole numbers, we have them at +0.5.
cv::Point fixed_point(const tread_canvas_point &p)
{
    return {static_cast<int>(std::lround((p.x - 0.5) * (1 << shift))),
            static_cast<int>(std::lround((p.y - 0.5) * (1 << shift)))};
}

} // namespace

bool vision_fill_polygon(uint8_t *mask, int width, int height, const tread_canvas_point *points,
                         int n, bool is_convex, uint8_t value)
{
    if (n < 3 || n > VISION_MAX_VERTICES)
        return true;
    cv::Point vertices[VISION_MAX_VERTICES];
    for (int i = 0; i < n; i++)
        vertices[i] = fixed_point(points[i]);
    try {
        cv::Mat picture(height, width, CV_8UC1, mask);
        const cv::Point *polygon = vertices;
        if (is_convex)
            cv::fillConvexPoly(picture, polygon, n, cv::Scalar(value), cv::LINE_AA, shift);
        else
            cv::fillPoly(picture, &polygon, &n, 1, cv::Scalar(value), cv::LINE_AA, shift);
        return true;
    } catch (...) {
        return false;
    }
}
