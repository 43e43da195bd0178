#include "landfile/keypoints.h"

#include <stdbool.h>
#include <string.h>

#include <treadscope/landmarks.h>

#define NONE LANDFILE_NO_POINT
#define LM(name) TREAD_LM_##name
#define PAIR(name) TREAD_LM_LEFT_##name, TREAD_LM_RIGHT_##name

/* PEERS.md section 5b, and the tools' own documentation. The tip of the foot is the big
 * toe, which is what BlazePose calls foot index; small toes have no landmark. */
static const int8_t coco_17[] = {
    LM(NOSE),    PAIR(EYE), PAIR(EAR),  PAIR(SHOULDER), PAIR(ELBOW),
    PAIR(WRIST), PAIR(HIP), PAIR(KNEE), PAIR(ANKLE),
};
static const int8_t halpe_26[] = {
    LM(NOSE),  PAIR(EYE),  PAIR(EAR),   PAIR(SHOULDER), PAIR(ELBOW), PAIR(WRIST),
    PAIR(HIP), PAIR(KNEE), PAIR(ANKLE), NONE,           NONE,        NONE,
    PAIR(TOE), NONE,       NONE,        PAIR(HEEL),
};
static const int8_t body_25[] = {
    LM(NOSE),
    NONE, /* neck */
    LM(RIGHT_SHOULDER),
    LM(RIGHT_ELBOW),
    LM(RIGHT_WRIST),
    LM(LEFT_SHOULDER),
    LM(LEFT_ELBOW),
    LM(LEFT_WRIST),
    NONE, /* mid-hip */
    LM(RIGHT_HIP),
    LM(RIGHT_KNEE),
    LM(RIGHT_ANKLE),
    LM(LEFT_HIP),
    LM(LEFT_KNEE),
    LM(LEFT_ANKLE),
    LM(RIGHT_EYE),
    LM(LEFT_EYE),
    LM(RIGHT_EAR),
    LM(LEFT_EAR),
    LM(LEFT_TOE),
    NONE, /* left small toe */
    LM(LEFT_HEEL),
    LM(RIGHT_TOE),
    NONE, /* right small toe */
    LM(RIGHT_HEEL),
};
static const int8_t blazepose_33[] = {
    0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16,
    17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,
};
_Static_assert(sizeof coco_17 == 17, "COCO has 17 keypoints");
_Static_assert(sizeof halpe_26 == 26, "Halpe has 26 keypoints");
_Static_assert(sizeof body_25 == 25, "BODY_25 has 25 keypoints");
_Static_assert(sizeof blazepose_33 == TREAD_N_LANDMARKS, "BlazePose is our own set");

static const char *const names[] = {
    [LM(NOSE)] = "nose",
    [LM(LEFT_EYE_INNER)] = "left_eye_inner",
    [LM(LEFT_EYE)] = "left_eye",
    [LM(LEFT_EYE_OUTER)] = "left_eye_outer",
    [LM(RIGHT_EYE_INNER)] = "right_eye_inner",
    [LM(RIGHT_EYE)] = "right_eye",
    [LM(RIGHT_EYE_OUTER)] = "right_eye_outer",
    [LM(LEFT_EAR)] = "left_ear",
    [LM(RIGHT_EAR)] = "right_ear",
    [LM(MOUTH_LEFT)] = "mouth_left",
    [LM(MOUTH_RIGHT)] = "mouth_right",
    [LM(LEFT_SHOULDER)] = "left_shoulder",
    [LM(RIGHT_SHOULDER)] = "right_shoulder",
    [LM(LEFT_ELBOW)] = "left_elbow",
    [LM(RIGHT_ELBOW)] = "right_elbow",
    [LM(LEFT_WRIST)] = "left_wrist",
    [LM(RIGHT_WRIST)] = "right_wrist",
    [LM(LEFT_PINKY)] = "left_pinky",
    [LM(RIGHT_PINKY)] = "right_pinky",
    [LM(LEFT_INDEX)] = "left_index",
    [LM(RIGHT_INDEX)] = "right_index",
    [LM(LEFT_THUMB)] = "left_thumb",
    [LM(RIGHT_THUMB)] = "right_thumb",
    [LM(LEFT_HIP)] = "left_hip",
    [LM(RIGHT_HIP)] = "right_hip",
    [LM(LEFT_KNEE)] = "left_knee",
    [LM(RIGHT_KNEE)] = "right_knee",
    [LM(LEFT_ANKLE)] = "left_ankle",
    [LM(RIGHT_ANKLE)] = "right_ankle",
    [LM(LEFT_HEEL)] = "left_heel",
    [LM(RIGHT_HEEL)] = "right_heel",
    [LM(LEFT_TOE)] = "left_toe",
    [LM(RIGHT_TOE)] = "right_toe",
};
_Static_assert(sizeof names / sizeof *names == TREAD_N_LANDMARKS, "every landmark has a name");

/* What is left of a name once its side is taken off, for both sides. */
static const struct {
    const char *part;
    int8_t left, right;
} parts[] = {
    {"eyeinner", LM(LEFT_EYE_INNER), LM(RIGHT_EYE_INNER)},
    {"eye", PAIR(EYE)},
    {"eyeouter", LM(LEFT_EYE_OUTER), LM(RIGHT_EYE_OUTER)},
    {"ear", PAIR(EAR)},
    {"mouth", LM(MOUTH_LEFT), LM(MOUTH_RIGHT)},
    {"shoulder", PAIR(SHOULDER)},
    {"elbow", PAIR(ELBOW)},
    {"wrist", PAIR(WRIST)},
    {"pinky", PAIR(PINKY)},
    {"index", PAIR(INDEX)},
    {"thumb", PAIR(THUMB)},
    {"hip", PAIR(HIP)},
    {"hjc", PAIR(HIP)}, /* joint centres of OpenSim and Vicon */
    {"knee", PAIR(KNEE)},
    {"kjc", PAIR(KNEE)},
    {"ankle", PAIR(ANKLE)},
    {"ajc", PAIR(ANKLE)},
    {"heel", PAIR(HEEL)},
    {"calc", PAIR(HEEL)}, /* OpenCap: calcaneus */
    {"toe", PAIR(TOE)},
    {"bigtoe", PAIR(TOE)},
    {"footindex", PAIR(TOE)},
};

static const int8_t *const sets[] = {coco_17, body_25, halpe_26, blazepose_33};
static const size_t set_sizes[] = {sizeof coco_17, sizeof body_25, sizeof halpe_26,
                                   sizeof blazepose_33};

const int8_t *landfile_points_of(size_t n)
{
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        if (set_sizes[i] == n)
            return sets[i];
    return NULL;
}

const char *landfile_point_name(int point)
{
    return names[point];
}

/* Letters and digits in lower case; 0 when they do not fit. */
static size_t fold(char *to, size_t size, const char *from, size_t n)
{
    size_t length = 0;
    for (size_t i = 0; i < n; i++) {
        char c = from[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        else if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
            continue;
        if (length + 1 == size)
            return 0;
        to[length++] = c;
    }
    to[length] = '\0';
    return length;
}

static int find_part(const char *name, size_t n, bool is_right)
{
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strlen(parts[i].part) == n && memcmp(parts[i].part, name, n) == 0)
            return is_right ? parts[i].right : parts[i].left;
    return NONE;
}

int landfile_point_named(const char *name, size_t n)
{
    static const char *const sides[] = {"left", "right", "l", "r"}; /* odd ones are right */
    char s[48];
    size_t length = fold(s, sizeof s, name, n);
    if (length > 5 && memcmp(s + length - 5, "study", 5) == 0)
        length -= 5; /* OpenCap */
    if (length == 4 && memcmp(s, "nose", 4) == 0)
        return LM(NOSE);
    for (size_t i = 0; i < 4; i++) {
        size_t side = strlen(sides[i]);
        if (length <= side)
            continue;
        int point = NONE;
        if (memcmp(s, sides[i], side) == 0)
            point = find_part(s + side, length - side, i % 2);
        if (point == NONE && memcmp(s + length - side, sides[i], side) == 0)
            point = find_part(s, length - side, i % 2);
        if (point != NONE)
            return point;
    }
    return NONE;
}
