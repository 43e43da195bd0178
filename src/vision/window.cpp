// The whole of libtreadscope_window.so: a window by OpenCV's highgui.
#include <algorithm>
#include <cerrno>
#include <clocale>
#include <csignal>
#include <fcntl.h>
#include <opencv2/highgui.hpp>
#include <opencv2/highgui/highgui_c.h>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vision/vision.h"

namespace
{

// highgui knows windows by name; with Qt, the title is the name.
std::string name;
// The size at first: fits a laptop's screen of 1366 x 768 beside its bars.
constexpr double first_width_px = 1280, first_height_px = 680;
// A display that has not answered by then will not.
constexpr unsigned answer_s = 10;

bool has_size;

bool is_visible(const std::string &window)
{
    return cv::getWindowProperty(window, cv::WND_PROP_VISIBLE) > 0;
}

// What a child does: start Qt and nothing else, unheard.
[[noreturn]] void start_qt_and_exit()
{
    const rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    std::signal(SIGABRT, SIG_DFL);
    std::signal(SIGALRM, SIG_DFL);
    const int nowhere = ::open("/dev/null", O_RDWR);
    if (nowhere >= 0) {
        dup2(nowhere, STDOUT_FILENO);
        dup2(nowhere, STDERR_FILENO);
    }
    alarm(answer_s);
    _exit(cvInitSystem(0, nullptr) == 0 ? 0 : 1);
}

// Qt calls abort() where it finds no display, or no plugin for it: that is tried in a child.
bool is_display_usable()
{
    const pid_t child = fork();
    if (child == 0)
        start_qt_and_exit();
    int status = 1;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int open_window(const char *title)
{
    if (!is_display_usable())
        return TREAD_ERR_UNSUPPORTED;
    // Qt takes the user's locale for the whole process; our numbers have points.
    const std::string locale = std::setlocale(LC_ALL, nullptr);
    int status = TREAD_OK;
    try {
        name = title;
        cv::namedWindow(name, cv::WINDOW_NORMAL | cv::WINDOW_KEEPRATIO | cv::WINDOW_GUI_NORMAL);
    } catch (...) {
        status = TREAD_ERR_INTERNAL;
    }
    std::setlocale(LC_ALL, locale.c_str());
    return status;
}

void show(const uint8_t *bgra, int width_px, int height_px, ptrdiff_t stride_bytes)
{
    try {
        if (!has_size) {
            const double scale =
                std::min({1.0, first_width_px / width_px, first_height_px / height_px});
            cv::resizeWindow(name, static_cast<int>(width_px * scale),
                             static_cast<int>(height_px * scale));
            has_size = true;
        }
        // Only read; cv::Mat knows no const data.
        cv::imshow(name, cv::Mat(height_px, width_px, CV_8UC4, const_cast<uint8_t *>(bgra),
                                 static_cast<size_t>(stride_bytes)));
    } catch (...) {
        // This picture is missed, the next may be seen.
    }
}

void set_title(const char *title)
{
    try {
        cv::setWindowTitle(name, title);
        if (is_visible(title))
            name = title;
    } catch (...) {
        // The old one stays.
    }
}

int poll_window(int wait_ms)
{
    try {
        const int key = cv::waitKey(wait_ms);
        if (!is_visible(name))
            return TREAD_WINDOW_CLOSED;
        return key < 0 ? TREAD_WINDOW_NO_KEY : key;
    } catch (...) {
        return TREAD_WINDOW_CLOSED;
    }
}

void close_window()
{
    try {
        cv::destroyAllWindows();
    } catch (...) {
        // It goes with the process.
    }
}

} // namespace

const tread_window_module tread_window_module_1 = {open_window, show, set_title, poll_window,
                                                   close_window};
