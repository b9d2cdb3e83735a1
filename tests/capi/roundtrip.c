/* The C ABI as a C program uses it. usage: roundtrip IMAGE UPDATE OUTPUT FOLDER
 * Prints what it does; exits with 0 only if every check held. */
#include "wimwright.h"
#include "wimwright.h" /* twice, to see that the guard works */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(WW_ABI_VERSION == 1, "the header's version");
_Static_assert(WW_STATUS_OK == 0 && WW_STATUS_NOT_FOUND == 2 && WW_STATUS_NOT_AVAILABLE == 22, "numbers are fixed");
_Static_assert(WW_PHASE_VERIFY == 2 && WW_LEVEL_INSTALL == 2, "numbers are fixed");
_Static_assert(offsetof(ww_session_options, struct_size) == 0, "options begin with their size");
_Static_assert(offsetof(ww_session_options, level) == sizeof(size_t), "fields never move");
_Static_assert(offsetof(ww_progress, report) == sizeof(size_t), "fields never move");

static int failures;

#define CHECK(condition)                                                                \
    do {                                                                                \
        if (!(condition)) {                                                             \
            fprintf(stderr, "line %d: %s does not hold\n", __LINE__, #condition);       \
            failures++;                                                                 \
        }                                                                               \
    } while (0)

/* A call that must succeed. */
static void ok(int line, uint32_t status, ww_error *error) {
    if (status != WW_STATUS_OK || error) {
        fprintf(stderr, "line %d: status %u: %s\n", line, status, error ? ww_error_message(error) : "no error object");
        failures++;
    }
    ww_error_free(error);
}
#define OK(call) do { ww_error *e = NULL; uint32_t s = (call); ok(__LINE__, s, e); } while (0)

/* A call that must fail with `expected`, and say so in the error object too. */
static void fails(int line, uint32_t expected, uint32_t status, ww_error *error) {
    if (status != expected || ww_error_status(error) != expected || !ww_error_message(error)
        || !strlen(ww_error_message(error)) || !ww_error_hresult(error)) {
        fprintf(stderr, "line %d: status %u where %u was expected: %s\n", line, status, expected,
                error ? ww_error_message(error) : "no error object");
        failures++;
    } else {
        printf("refused as it should be: %s\n", ww_error_message(error));
    }
    ww_error_free(error);
}
#define FAILS(expected, call) do { ww_error *e = NULL; uint32_t s = (call); fails(__LINE__, expected, s, e); } while (0)

struct seen { unsigned reports, stop_after; uint32_t phases; };

static int report(const ww_event *event, void *user) {
    struct seen *seen = user;
    CHECK(event->phase >= 1 && event->phase < 32);
    CHECK(event->files_total == 0 || event->files_done <= event->files_total);
    seen->reports++;
    seen->phases |= 1u << event->phase;
    return seen->stop_after && seen->reports >= seen->stop_after;
}

static void json_has(const char *json, const char *text) {
    if (!json || !strstr(json, text)) {
        fprintf(stderr, "'%s' is not in %.200s\n", text, json ? json : "(null)");
        failures++;
    }
}

static void nothing_crashes_on_null(void) {
    ww_wim *wim = NULL;
    char *json = NULL;
    ww_string_free(NULL);
    ww_error_free(NULL);
    ww_wim_free(NULL);
    ww_session_free(NULL);
    CHECK(ww_error_status(NULL) == 0 && ww_error_hresult(NULL) == 0);
    CHECK(!ww_error_message(NULL) && !ww_error_path(NULL));
    CHECK(ww_wim_image_count(NULL) == 0);
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_wim_open(NULL, &wim, &e));
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_wim_open("", &wim, &e));
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_wim_open("x", NULL, &e));
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_wim_open("\xff\xfe", &wim, &e));
    FAILS(WW_STATUS_NOT_FOUND, ww_wim_open("/nonexistent/image.wim", &wim, &e));
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_wim_info(NULL, &json, &e));
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_session_commit(NULL, NULL, &e));
    CHECK(ww_wim_open("/nonexistent/image.wim", &wim, NULL) == WW_STATUS_NOT_FOUND);
    CHECK(!wim && !json);
}

static void images(const char *image, const char *folder) {
    ww_wim *wim = NULL;
    char *text = NULL;
    struct seen seen = {0, 0, 0};
    ww_progress progress = {sizeof progress, report, &seen};
    OK(ww_wim_open(image, &wim, &e));
    CHECK(ww_wim_image_count(wim) >= 1);
    OK(ww_wim_info(wim, &text, &e));
    json_has(text, "\"images\"");
    ww_string_free(text);
    OK(ww_wim_property(wim, 1, "WINDOWS/VERSION/MAJOR", &text, &e));
    CHECK(atoi(text) > 0);
    ww_string_free(text);
    text = NULL;
    FAILS(WW_STATUS_NOT_FOUND, ww_wim_property(wim, 1, "NO/SUCH", &text, &e));
    FAILS(WW_STATUS_NOT_FOUND, ww_wim_property(wim, 99, "NAME", &text, &e));
    CHECK(!text);
    OK(ww_wim_verify(wim, &progress, &text, &e));
    json_has(text, "\"problems\":[]");
    ww_string_free(text);
    CHECK(seen.reports > 1 && (seen.phases & 1u << WW_PHASE_VERIFY));
    seen.reports = 0;
    seen.stop_after = 2;
    FAILS(WW_STATUS_CANCELLED, ww_wim_verify(wim, &progress, NULL, &e));
    OK(ww_wim_extract(wim, 1, folder, NULL, NULL, NULL, &e));
    ww_wim_free(wim);
}

static void updates(const char *update, const char *folder) {
    char *json = NULL;
    char dest[4096];
    ww_unpack_options options;
    OK(ww_update_inspect(update, &json, &e));
    json_has(json, "\"kb\"");
    ww_string_free(json);
    snprintf(dest, sizeof dest, "%s/unpacked", folder);
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    OK(ww_update_unpack(update, dest, &options, NULL, &json, &e));
    json_has(json, "\"failed\":[]");
    ww_string_free(json);
    options.struct_size = 3;
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_update_unpack(update, dest, &options, NULL, NULL, &e));
    options.struct_size = 1u << 20;
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_update_unpack(update, dest, &options, NULL, NULL, &e));
}

static void service(const char *image, const char *update, const char *output) {
    ww_session *session = NULL;
    ww_session_options options;
    char *json = NULL;
    struct seen seen = {0, 0, 0};
    ww_progress progress = {sizeof progress, report, &seen};
    const uint32_t one = 1, wrong = 77;

    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.output = output;
    options.level = WW_LEVEL_INSTALL;
    FAILS(WW_STATUS_NOT_AVAILABLE, ww_session_open(image, &options, &session, &e));
    options.level = 9;
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_session_open(image, &options, &session, &e));
    options.level = WW_LEVEL_STAGE;
    options.indexes = &wrong;
    options.index_count = 1;
    FAILS(WW_STATUS_NOT_FOUND, ww_session_open(image, &options, &session, &e));
    CHECK(!session);

    options.indexes = &one;
    OK(ww_session_open(image, &options, &session, &e));
    FAILS(WW_STATUS_NOT_FOUND, ww_session_receipt(session, &json, &e));
    FAILS(WW_STATUS_NOT_FOUND, ww_session_add_update(session, "/nonexistent/update.msu", NULL, &e));
    OK(ww_session_add_update(session, update, &progress, &e));
    OK(ww_session_plan(session, &json, &e));
    json_has(json, "\"applicable\"");
    ww_string_free(json);
    OK(ww_session_commit(session, &progress, &e));
    OK(ww_session_receipt(session, &json, &e));
    json_has(json, "wimwright.receipt.v1");
    ww_string_free(json);
    CHECK(seen.phases & 1u << WW_PHASE_WRITE);
    ww_session_free(session);
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "usage: roundtrip IMAGE UPDATE OUTPUT FOLDER\n");
        return 2;
    }
    CHECK(ww_abi_version() == WW_ABI_VERSION);
    printf("wimwright %s\n", ww_version());
    nothing_crashes_on_null();
    images(argv[1], argv[4]);
    updates(argv[2], argv[4]);
    service(argv[1], argv[2], argv[3]);
    printf("%s\n", failures ? "FAILED" : "all checks held");
    return failures != 0;
}
