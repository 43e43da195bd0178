#include "pose/region.h"

#include <math.h>

/* RectTransformationCalculator, scale_x and scale_y. */
#define REGION_SCALE 1.25

/* Grids of regions: so many places across a side, sizes an octave, and turns a radian. A step of
 * GRID_PLACES moves the border by 8 of the crop's 256 pixels. */
#define GRID_PLACES 32.0
#define GRID_SIDES 11.0
#define GRID_TURNS 16.0
/* Each next grid is finer by this, so that who is between two points of one is mostly not so on
 * the next. */
#define GRID_FINER 1.13

pose_region tread_pose__region_from_points(double x0, double y0, double x1, double y1)
{
    double dx = x1 - x0, dy = y1 - y0;
    double distance = sqrt(dx * dx + dy * dy);
    return (pose_region){
        .x = x0,
        .y = y0,
        .side = 2.0 * distance * REGION_SCALE,
        .down_x = -dx / distance,
        .down_y = -dy / distance,
    };
}

pose_region tread_pose__region_of_picture(const tread_picture *picture)
{
    return (pose_region){
        .x = picture->upright_width_px / 2,
        .y = picture->upright_height_px / 2,
        .side = fmax(picture->upright_width_px, picture->upright_height_px),
        .down_x = 0,
        .down_y = 1,
    };
}

int tread_pose__region_is_usable(const pose_region *region, const tread_picture *picture)
{
    double longest = fmax(picture->upright_width_px, picture->upright_height_px);
    double margin = region->side / 2;
    /* Written so that a NaN anywhere fails. */
    return region->side >= 16 && region->side <= 16 * longest && region->x >= -margin &&
           region->x <= picture->upright_width_px + margin && region->y >= -margin &&
           region->y <= picture->upright_height_px + margin && isfinite(region->down_x) &&
           isfinite(region->down_y);
}

void tread_pose__upright_from_crop(const pose_region *region, double map[6])
{
    double right_x = region->down_y, right_y = -region->down_x;
    map[0] = region->side * right_x;
    map[1] = region->side * region->down_x;
    map[2] = region->x - (map[0] + map[1]) / 2;
    map[3] = region->side * right_y;
    map[4] = region->side * region->down_y;
    map[5] = region->y - (map[3] + map[4]) / 2;
}

pose_region tread_pose__region_snap(const pose_region *region, int grid)
{
    double finer = pow(GRID_FINER, grid);
    double side = exp2(round(log2(region->side) * GRID_SIDES * finer) / (GRID_SIDES * finer));
    double step_px = side / (GRID_PLACES * finer);
    double turn = atan2(region->down_x, region->down_y);
    turn = round(turn * GRID_TURNS * finer) / (GRID_TURNS * finer);
    return (pose_region){
        .x = round(region->x / step_px) * step_px,
        .y = round(region->y / step_px) * step_px,
        .side = side,
        .down_x = sin(turn),
        .down_y = cos(turn),
    };
}
