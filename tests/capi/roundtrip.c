/* The C ABI as a C program uses it. usage: roundtrip IMAGE UPDATE OUTPUT FOLDER
 * Prints what it does; exits with 0 only if every check held. */
#include "test.h"

#include <pthread.h>

/* NULL, and text that is no path, in every place of every function. */
static void nothing_crashes_on_null(const char *image, const char *update) {
    char anything;
    ww_wim *wim = (ww_wim *)&anything;
    ww_session *session = (ww_session *)&anything;
    char *json = &anything;
    ww_progress progress = {0, report, NULL};
    ww_error *error = (ww_error *)&anything;

    ww_string_free(NULL);
    ww_error_free(NULL);
    ww_wim_close(NULL);
    ww_session_close(NULL);
    CHECK(ww_error_status(NULL) == 0 && ww_error_hresult(NULL) == 0);
    CHECK(!ww_error_message(NULL) && !ww_error_path(NULL));
    CHECK(ww_wim_image_count(NULL) == 0);

    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_wim_open(NULL, &wim, &e));
    CHECK(!wim);
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_wim_open("", &wim, &e));
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_wim_open("x", NULL, &e));
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_wim_open("\xff\xfe", &wim, &e));
    FAILS(WW_STATUS_NOT_FOUND, ww_wim_open("/nonexistent/image.wim", &wim, &e));
    CHECK(ww_wim_open("/nonexistent/image.wim", &wim, NULL) == WW_STATUS_NOT_FOUND);
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_wim_info(NULL, &json, &e));
    CHECK(!json);
    json = &anything;
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_wim_property(NULL, 1, "NAME", &json, &e));
    CHECK(!json);
    json = &anything;
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_wim_verify(NULL, NULL, NULL, &json, &e));
    CHECK(!json);
    json = &anything;
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_update_inspect(NULL, &json, &e));
    CHECK(!json);
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_update_inspect(update, NULL, &e));
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_update_unpack(NULL, "x", NULL, NULL, NULL, &e));
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_update_unpack(update, NULL, NULL, NULL, NULL, &e));
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_session_open(NULL, NULL, &session, &e));
    CHECK(!session);
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_session_open(image, NULL, NULL, &e));
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_session_add_update(NULL, update, NULL, &e));
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_session_plan(NULL, &json, &e));
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_session_commit(NULL, NULL, &e));
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_session_receipt(NULL, &json, &e));

    OK(ww_wim_open(image, &wim, &e));
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_wim_info(wim, NULL, &e));
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_wim_property(wim, 1, NULL, &json, &e));
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_wim_property(wim, 1, "NAME", NULL, &e));
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_wim_verify(wim, NULL, &progress, NULL, &e)); /* struct_size is 0 */
    ww_wim_close(wim);
    OK(ww_session_open(image, NULL, &session, &e));
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_session_add_update(session, NULL, NULL, &e));
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_session_plan(session, NULL, &e));
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_session_receipt(session, NULL, &e));
    FAILS(WW_STATUS_NOT_FOUND, ww_session_receipt(session, &json, &e));
    FAILS(WW_STATUS_NOT_APPLICABLE, ww_session_commit(session, NULL, &e)); /* no update was added */
    ww_session_close(session);

    /* An error names the file, and a success clears what was there. */
    CHECK(ww_wim_open("/nonexistent/image.wim", &wim, &error) == WW_STATUS_NOT_FOUND);
    CHECK(ww_error_path(error) && strstr(ww_error_path(error), "image.wim"));
    CHECK(ww_error_hresult(error) == 0x80070002u);
    ww_error_free(error);
    CHECK(ww_wim_open(image, &wim, &error) == WW_STATUS_OK && !error);
    ww_wim_close(wim);
}

static void *verify_it(void *wim) {
    ww_verify_options options = {sizeof options, 2, 0};
    OK(ww_wim_verify(wim, &options, NULL, NULL, &e));
    return NULL;
}

static void images(const char *image) {
    ww_wim *wim = NULL;
    char *text = NULL;
    struct seen seen = {0, 0, 0, 0};
    ww_progress progress = {sizeof progress, report, &seen};
    ww_verify_options options = {sizeof options, 5000, 0};
    pthread_t threads[3];
    int i;

    OK(ww_wim_open(image, &wim, &e));
    CHECK(ww_wim_image_count(wim) == 2);
    OK(ww_wim_info(wim, &text, &e));
    json_has(text, "\"images\"");
    ww_string_free(text);
    OK(ww_wim_property(wim, 1, "WINDOWS/VERSION/MAJOR", &text, &e));
    CHECK(atoi(text) > 0);
    ww_string_free(text);
    OK(ww_wim_property(wim, 2, "WINDOWS/EDITIONID", &text, &e));
    CHECK(!strcmp(text, "Enterprise"));
    ww_string_free(text);
    FAILS(WW_STATUS_NOT_FOUND, ww_wim_property(wim, 1, "NO/SUCH", &text, &e));
    CHECK(!text);
    FAILS(WW_STATUS_NOT_FOUND, ww_wim_property(wim, 99, "NAME", &text, &e));
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_wim_property(wim, 0, "NAME", &text, &e));

    OK(ww_wim_verify(wim, NULL, &progress, &text, &e));
    json_has(text, "\"problems\":[]");
    ww_string_free(text);
    CHECK(seen.reports > 1 && (seen.phases & 1u << WW_PHASE_VERIFY));
    seen.reports = 0;
    seen.stop_after = 2;
    FAILS(WW_STATUS_CANCELLED, ww_wim_verify(wim, NULL, &progress, &text, &e));
    CHECK(!text && seen.reports == 2);
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_wim_verify(wim, &options, NULL, NULL, &e)); /* 5,000 threads */

    /* One handle, many threads. */
    for (i = 0; i < 3; i++) CHECK(pthread_create(&threads[i], NULL, verify_it, wim) == 0);
    for (i = 0; i < 3; i++) CHECK(pthread_join(threads[i], NULL) == 0);
    ww_wim_close(wim);
}

static int is_there(const char *folder, const char *name) {
    char path[4096];
    FILE *file;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "rb");
    if (file) fclose(file);
    return file != NULL;
}

static void extraction(const char *image, const char *folder) {
    static const char *const some[] = {"/windows\\SYSTEM32/config"};
    static const char *const missing[] = {"\\Windows\\no such file"};
    ww_wim *wim = NULL;
    char *json = NULL;
    char dest[4096];
    struct seen seen = {0, 0, 0, 0};
    ww_progress progress = {sizeof progress, report, &seen};
    ww_extract_options options;

    OK(ww_wim_open(image, &wim, &e));
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.paths = some;
    options.path_count = 1;
    options.threads = 2;
    snprintf(dest, sizeof dest, "%s/parts", folder);
    OK(ww_wim_extract(wim, 2, dest, &options, &progress, &json, &e));
    json_has(json, "\"failed\":[]");
    ww_string_free(json);
    CHECK(seen.phases & 1u << WW_PHASE_EXTRACT);
    CHECK(is_there(dest, "Windows/System32/config/edition.txt"));
    /* A second time everything is in the way, unless it may be replaced. */
    FAILS(WW_STATUS_ALREADY_EXISTS, ww_wim_extract(wim, 2, dest, &options, NULL, &json, &e));
    json_has(json, "already_exists");
    ww_string_free(json);
    options.overwrite = 1;
    OK(ww_wim_extract(wim, 2, dest, &options, NULL, NULL, &e));
    options.paths = missing;
    FAILS(WW_STATUS_NOT_FOUND, ww_wim_extract(wim, 2, dest, &options, NULL, &json, &e));
    CHECK(!json);
    options.paths = NULL;
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_wim_extract(wim, 2, dest, &options, NULL, NULL, &e));
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_wim_extract(wim, 2, NULL, NULL, NULL, NULL, &e));
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_wim_extract(NULL, 2, dest, NULL, NULL, NULL, &e));
    FAILS(WW_STATUS_NOT_FOUND, ww_wim_extract(wim, 3, dest, NULL, NULL, NULL, &e));
    snprintf(dest, sizeof dest, "%s/whole", folder);
    seen.stop_at = WW_PHASE_EXTRACT;
    FAILS(WW_STATUS_CANCELLED, ww_wim_extract(wim, 1, dest, NULL, &progress, &json, &e));
    snprintf(dest, sizeof dest, "%s/everything", folder);
    OK(ww_wim_extract(wim, 1, dest, NULL, NULL, NULL, &e));
    CHECK(is_there(dest, "Windows/System32/config/edition.txt"));
    ww_wim_close(wim);
}

static void updates(const char *update, const char *folder) {
    char *json = NULL;
    char dest[4096];
    ww_unpack_options options;

    OK(ww_update_inspect(update, &json, &e));
    json_has(json, "\"KB9999999\"");
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

/* A session that is at work for as long as the main thread wants. */
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn = PTHREAD_COND_INITIALIZER;
static int inside, leave;
static const char *update_file;

static int hold(const ww_event *event, void *user) {
    (void)event;
    (void)user;
    pthread_mutex_lock(&gate);
    inside = 1;
    pthread_cond_broadcast(&turn);
    while (!leave) pthread_cond_wait(&turn, &gate);
    pthread_mutex_unlock(&gate);
    return 0;
}

static void *add_it(void *session) {
    ww_progress progress = {sizeof progress, hold, NULL};
    OK(ww_session_add_update(session, update_file, &progress, &e));
    return NULL;
}

static void service(const char *image, const char *update, const char *output) {
    ww_session *session = NULL;
    ww_session_options options;
    char *json = NULL;
    struct seen seen = {0, 0, 0, 0};
    ww_progress progress = {sizeof progress, report, &seen};
    const uint32_t one = 1, wrong = 77;
    pthread_t thread;
    FILE *file;

    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.output = output;
    options.level = WW_LEVEL_DELIVER;
    OK(ww_session_open(image, &options, &session, &e));
    ww_session_close(session);
    session = NULL;
    options.level = 9;
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_session_open(image, &options, &session, &e));
    options.level = WW_LEVEL_DELIVER;
    options.delivery = 4;
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_session_open(image, &options, &session, &e));
    options.delivery = WW_DELIVERY_BY_FORM;
    options.reference_count = 1;
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_session_open(image, &options, &session, &e));
    options.reference_count = 0;
    options.level = WW_LEVEL_STAGE;
    options.index_count = 1;
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_session_open(image, &options, &session, &e));
    options.indexes = &wrong;
    FAILS(WW_STATUS_NOT_FOUND, ww_session_open(image, &options, &session, &e));
    CHECK(!session);

    options.indexes = &one;
    options.threads = 2;
    OK(ww_session_open(image, &options, &session, &e));
    FAILS(WW_STATUS_NOT_FOUND, ww_session_add_update(session, "/nonexistent/update.msu", NULL, &e));
    seen.stop_at = WW_PHASE_UNPACK;
    FAILS(WW_STATUS_CANCELLED, ww_session_add_update(session, update, &progress, &e));
    seen.stop_at = 0;

    /* While one thread adds, another is refused, and does not hang. */
    update_file = update;
    CHECK(pthread_create(&thread, NULL, add_it, session) == 0);
    pthread_mutex_lock(&gate);
    while (!inside) pthread_cond_wait(&turn, &gate);
    FAILS(WW_STATUS_BUSY, ww_session_plan(session, &json, &e));
    leave = 1;
    pthread_cond_broadcast(&turn);
    pthread_mutex_unlock(&gate);
    CHECK(pthread_join(thread, NULL) == 0);

    OK(ww_session_plan(session, &json, &e));
    json_has(json, "\"applicable\"");
    ww_string_free(json);

    /* Cancelled while it writes: no output. Then for good. */
    seen.stop_at = WW_PHASE_WRITE;
    FAILS(WW_STATUS_CANCELLED, ww_session_commit(session, &progress, &e));
    file = fopen(output, "rb");
    CHECK(!file);
    if (file) fclose(file);
    seen.stop_at = 0;
    seen.phases = 0;
    OK(ww_session_commit(session, &progress, &e));
    CHECK(seen.phases & 1u << WW_PHASE_WRITE);
    OK(ww_session_receipt(session, &json, &e));
    json_has(json, "wimwright.receipt.v1");
    json_has(json, "\"written\": true");
    ww_string_free(json);
    ww_session_close(session);

    /* Closed in the middle: nothing was written, nothing leaks. */
    OK(ww_session_open(output, NULL, &session, &e));
    OK(ww_session_add_update(session, update, NULL, &e));
    ww_session_close(session);
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "usage: roundtrip IMAGE UPDATE OUTPUT FOLDER\n");
        return 2;
    }
    CHECK(ww_abi_version() == WW_ABI_VERSION);
    printf("wimwright %s\n", ww_version());
    nothing_crashes_on_null(argv[1], argv[2]);
    images(argv[1]);
    extraction(argv[1], argv[4]);
    updates(argv[2], argv[4]);
    service(argv[1], argv[2], argv[3]);
    printf("%s\n", failures ? "FAILED" : "all checks held");
    return failures != 0;
}
