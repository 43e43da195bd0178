#include "camera.h"

void synth_camera_init(synth_camera *c, const synth_params *p)
{
    const double *v = p->value;
    double yaw = rad(v[P_YAW]), d = v[P_DISTANCE];
    vec3 target = v3(v[P_AIM_X], v[P_AIM_HEIGHT], 0.0), out;
    switch ((enum synth_view)v[P_VIEW]) {
    case VIEW_RIGHT: out = v3(-sin(yaw), 0, cos(yaw)); break;
    case VIEW_REAR: out = v3(-cos(yaw), 0, -sin(yaw)); break;
    case VIEW_OBLIQUE:
        yaw += rad(35.0);
        out = v3(-sin(yaw), 0, -cos(yaw));
        break;
    case VIEW_LEFT:
    default: out = v3(-sin(yaw), 0, -cos(yaw)); break;
    }
    c->at = v3(target.x + d * out.x, v[P_CAMERA_HEIGHT], d * out.z);
    c->forward = unit(sub(target, c->at));
    vec3 right = unit(cross(c->forward, v3(0, 1, 0))), down = cross(c->forward, right);
    double cr = cos(rad(v[P_ROLL])), sr = sin(rad(v[P_ROLL]));
    c->right = along(scale(right, cr), down, sr);
    c->down = along(scale(down, cr), right, -sr);
    c->width = (int)v[P_WIDTH];
    c->height = (int)v[P_HEIGHT];
    /* 35 mm equivalent: the longer side of the picture sees what 36 mm of film did. */
    c->focal_px = v[P_FOCAL] / 36.0 * (c->width > c->height ? c->width : c->height);
    c->cx = 0.5 * c->width;
    c->cy = 0.5 * c->height;
}

double synth_camera_project(const synth_camera *c, vec3 world, double *x_px, double *y_px)
{
    vec3 d = sub(world, c->at);
    double depth = dot(d, c->forward);
    *x_px = c->cx + c->focal_px * dot(d, c->right) / depth;
    *y_px = c->cy + c->focal_px * dot(d, c->down) / depth;
    return depth;
}
