#include <stdio.h>
#include "wimwright.h"

static int report(const ww_event *event, void *user) {
    (void)user;
    fprintf(stderr, "\r%llu of %llu bytes", (unsigned long long)event->bytes_done,
            (unsigned long long)event->bytes_total);
    return 0; /* anything else cancels */
}

int main(void) {
    ww_progress progress = {sizeof progress, report, NULL};
    ww_session *session = NULL;
    ww_error *error = NULL;
    char *receipt = NULL;
    int failed = ww_session_open("install.wim", NULL, &session, &error)
              || ww_session_add_update(session, "windows10.0-kb5015684-x64.msu", &progress, &error)
              || ww_session_commit(session, &progress, &error)
              || ww_session_receipt(session, &receipt, &error);
    if (failed)
        fprintf(stderr, "\n%s (0x%08x)\n", ww_error_message(error), (unsigned)ww_error_hresult(error));
    else
        puts(receipt);
    ww_string_free(receipt);
    ww_error_free(error);
    ww_session_close(session);
    return failed;
}
