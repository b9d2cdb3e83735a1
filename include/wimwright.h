/*
 * Wimwright: keeps Windows installation images up to date on any operating system, without Windows.
 *
 * This file is generated from the library's source (cbindgen) and is the manual of its C ABI.
 *
 * Names       Types and functions begin with ww_, numbers and macros with WW_.
 * Status      Functions that can fail return a WW_STATUS_... number: 0 is success. Numbers never change their
 *             meaning and are never reused. Their last argument, where you pass one, receives an error object with
 *             the same status, the HRESULT that Windows' own tools give, one line of text and the file or entry
 *             concerned. It is set to NULL on success. Free it with ww_error_free.
 * Ownership   What a ..._open function gives, close with the matching ..._close. Strings given through a char ** are
 *             yours: free them with ww_string_free. Every ..._close and ..._free takes NULL. Handles hold all they
 *             need (an overlay its image file), so close them in any order. A const char * that is returned belongs to the object it came
 *             from. What you pass in is copied or read during the call only.
 * NULL        Where it is not allowed it is answered with WW_STATUS_INVALID_ARGUMENT, and so are paths that are empty or
 *             not UTF-8. A place for a result is set to NULL before anything else is done.
 * Text        NUL-terminated UTF-8 on every system, paths too. Paths in an image are taken as WTF-8, so that a name with
 *             an unpaired surrogate can be said; in JSON documents such a unit stands as U+FFFD.
 * Units       Sizes are bytes, times in JSON are UTC, indexes of images begin at 1.
 * Options     Begin with struct_size: set it to sizeof the struct and the rest to zero for the defaults. Structs
 *             only grow, so a program built with an older header keeps working.
 * Threads     Every function says whether it may be called at the same time as others on the same object. Callbacks
 *             come one at a time, on the thread that made the call which took them, before it returns.
 *             The library keeps no state between calls but worker threads that sleep; do not unload it.
 * Results     That have a shape of their own are JSON documents: the ones that the command line prints with --json. Their
 *             first field names their schema, wimwright.NAME.v1, which lies in docs/schema. Fields may be added; when
 *             one goes away or changes its meaning, the number grows.
 * Sites       The ww_site_... functions are in a library that was built with the feature site, as it is by default. Define
 *             WW_NO_SITE before including this file where yours was built without.
 * Defects     A panic inside the library is caught and returned as WW_STATUS_INTERNAL; a line about it goes to stderr.
 * Versions    Compare ww_abi_version() with WW_ABI_VERSION once at the start. Functions, numbers and fields at the end of
 *             structs are added without a new version; nothing else changes under one.
 */


#ifndef WIMWRIGHT_H
#define WIMWRIGHT_H

#include <stddef.h>
#include <stdint.h>

/* On Windows define WW_STATIC before including this file to link the static library. */
#ifndef WW_API
#if defined(_WIN32) && !defined(WW_STATIC)
#define WW_API __declspec(dllimport)
#else
#define WW_API
#endif
#endif


/**
 * The version of the C ABI that this header describes. It grows by one when a function, number or struct changes its
 * meaning or goes away; additions do not change it.
 */
#define WW_ABI_VERSION 1

/**
 * What a call came to. The same numbers as the library's error kinds.
 */
enum ww_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Success.
     */
    WW_STATUS_OK = 0,
    /**
     * A caller's argument makes no sense.
     */
    WW_STATUS_INVALID_ARGUMENT = 1,
    /**
     * A file, image, entry or member that was asked for does not exist.
     */
    WW_STATUS_NOT_FOUND = 2,
    /**
     * Something is in the way of what was to be created.
     */
    WW_STATUS_ALREADY_EXISTS = 3,
    /**
     * The operating system reported an error that has no number of its own here.
     */
    WW_STATUS_IO = 4,
    /**
     * The disk or quota is full.
     */
    WW_STATUS_NO_SPACE = 5,
    /**
     * The operating system denied access.
     */
    WW_STATUS_PERMISSION_DENIED = 6,
    /**
     * The bytes do not follow their format.
     */
    WW_STATUS_MALFORMED = 7,
    /**
     * The data ends before the format says it should.
     */
    WW_STATUS_TRUNCATED = 8,
    /**
     * A container's own checksum does not match its bytes.
     */
    WW_STATUS_CHECKSUM_MISMATCH = 9,
    /**
     * Data does not have the digest that is declared for it.
     */
    WW_STATUS_HASH_MISMATCH = 10,
    /**
     * The format is known by name and not handled.
     */
    WW_STATUS_UNSUPPORTED = 11,
    /**
     * A size, count or depth from a file is over the library's limits.
     */
    WW_STATUS_LIMIT_EXCEEDED = 12,
    /**
     * The progress callback asked to stop.
     */
    WW_STATUS_CANCELLED = 13,
    /**
     * Nothing of the update applies to the image.
     */
    WW_STATUS_NOT_APPLICABLE = 14,
    /**
     * The update is for another processor architecture.
     */
    WW_STATUS_ARCHITECTURE_MISMATCH = 15,
    /**
     * The update is for another version of Windows.
     */
    WW_STATUS_VERSION_MISMATCH = 16,
    /**
     * The image has pending operations and may not be written.
     */
    WW_STATUS_PENDING = 17,
    /**
     * Another process holds the file for writing, or another call is at work on the session.
     */
    WW_STATUS_BUSY = 18,
    /**
     * A file that the package promises is not in it.
     */
    WW_STATUS_MISSING_PAYLOAD = 19,
    /**
     * A name would leave the destination.
     */
    WW_STATUS_UNSAFE_PATH = 20,
    /**
     * A defect of the library, caught before it could do harm.
     */
    WW_STATUS_INTERNAL = 21,
    /**
     * A level or function that this version names but does not offer yet.
     */
    WW_STATUS_NOT_AVAILABLE = 22,
    /**
     * Windows marked the image as one that cannot be serviced.
     */
    WW_STATUS_UNSERVICEABLE = 23,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum ww_status ww_status;
#else
typedef uint32_t ww_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What long work is doing.
 */
enum ww_phase
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Reading headers and metadata.
     */
    WW_PHASE_OPEN = 1,
    /**
     * Re-hashing blobs.
     */
    WW_PHASE_VERIFY = 2,
    /**
     * Writing files to a folder.
     */
    WW_PHASE_EXTRACT = 3,
    /**
     * Decoding cabinets.
     */
    WW_PHASE_UNPACK = 4,
    /**
     * Working out what applies.
     */
    WW_PHASE_PLAN = 5,
    /**
     * Laying payload into indexes.
     */
    WW_PHASE_STAGE = 6,
    /**
     * Compressing and writing blobs.
     */
    WW_PHASE_WRITE = 7,
    /**
     * Hashing whole files.
     */
    WW_PHASE_HASH = 8,
    /**
     * Copying the image to its output.
     */
    WW_PHASE_COPY = 9,
    /**
     * Rebuilding files from deltas.
     */
    WW_PHASE_REBUILD = 10,
    /**
     * Comparing two images.
     */
    WW_PHASE_COMPARE = 11,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum ww_phase ww_phase;
#else
typedef uint32_t ww_phase;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How far packages are serviced.
 */
enum ww_level
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Payload, manifests, packages and catalogs are laid into the component store.
     */
    WW_LEVEL_STAGE = 0,
    /**
     * The update itself is placed in the image, with what makes Windows install it.
     */
    WW_LEVEL_DELIVER = 1,
    /**
     * Best effort: also winners, hard links and registry keys; a package is installed whole or stays staged.
     */
    WW_LEVEL_INSTALL = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum ww_level ww_level;
#else
typedef uint32_t ww_level;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How contents are compressed in a new file.
 */
enum ww_compression
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * As in the source.
     */
    WW_COMPRESSION_KEEP = 0,
    /**
     * Stored as they are.
     */
    WW_COMPRESSION_NONE = 1,
    /**
     * XPRESS: fast, larger.
     */
    WW_COMPRESSION_XPRESS = 2,
    /**
     * LZX: what `install.wim` has.
     */
    WW_COMPRESSION_LZX = 3,
    /**
     * LZMS: what an ESD has.
     */
    WW_COMPRESSION_LZMS = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum ww_compression ww_compression;
#else
typedef uint32_t ww_compression;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Yes, no, or as it is.
 */
enum ww_choice
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * As it is.
     */
    WW_CHOICE_KEEP = 0,
    /**
     * Yes.
     */
    WW_CHOICE_YES = 1,
    /**
     * No.
     */
    WW_CHOICE_NO = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum ww_choice ww_choice;
#else
typedef uint32_t ww_choice;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What becomes of the changes of a mount.
 */
enum ww_ending
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * They stay in their folder, to be committed or discarded later. What read-only mounts end with.
     */
    WW_ENDING_KEEP = 0,
    /**
     * They are committed to the image file.
     */
    WW_ENDING_COMMIT = 1,
    /**
     * They are thrown away.
     */
    WW_ENDING_DISCARD = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum ww_ending ww_ending;
#else
typedef uint32_t ww_ending;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What makes Windows install what level deliver places in an image.
 */
enum ww_delivery
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * An answer file for a package (`.cab`), `SetupComplete.cmd` for an MSU.
     */
    WW_DELIVERY_BY_FORM = 0,
    /**
     * An answer file for the pass `offlineServicing`. It takes packages only.
     */
    WW_DELIVERY_ANSWER_FILE = 1,
    /**
     * `SetupComplete.cmd`, which Windows Setup runs at its end.
     */
    WW_DELIVERY_SETUP_COMPLETE = 2,
    /**
     * Both.
     */
    WW_DELIVERY_BOTH = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum ww_delivery ww_delivery;
#else
typedef uint32_t ww_delivery;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Which updates a schedule takes.
 */
enum ww_selection
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Those that are named, in this order.
     */
    WW_SELECTION_UPDATES = 0,
    /**
     * All that are offered when it runs.
     */
    WW_SELECTION_ALL_APPLICABLE = 1,
    /**
     * The newest cumulative update that is offered when it runs.
     */
    WW_SELECTION_LATEST_CUMULATIVE = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum ww_selection ww_selection;
#else
typedef uint32_t ww_selection;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What a run over a site does.
 */
enum ww_run_mode
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Resume what was interrupted, then run every schedule that is due.
     */
    WW_RUN_MODE_DUE = 0,
    /**
     * Resume what was interrupted.
     */
    WW_RUN_MODE_RESUME = 1,
    /**
     * Give up what was interrupted; what was published stays.
     */
    WW_RUN_MODE_DISCARD = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum ww_run_mode ww_run_mode;
#else
typedef uint32_t ww_run_mode;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What went wrong in a call: it never changes, and it depends on no other object.
 */
typedef struct ww_error ww_error;

/**
 * An image that this process has mounted and serves. Any thread may use it, one at a time: a call that comes while
 * another is at work on it is refused with `WW_STATUS_BUSY`.
 */
typedef struct ww_mount ww_mount;

/**
 * One image and the changes made to it, kept in memory until `ww_overlay_commit`. It holds the image file that it came
 * from, which may be closed first. Any thread may use it, one at a time: a call that comes while another is at work on
 * it is refused with `WW_STATUS_BUSY`.
 */
typedef struct ww_overlay ww_overlay;

/**
 * A servicing run over one image file. Any thread may use it, one at a time: a call that comes while another is at
 * work on it is refused with `WW_STATUS_BUSY`.
 */
typedef struct ww_session ww_session;

/**
 * An open site: upgrade packages, updates, schedules, runs, distribution points. Any number of threads may use it at
 * once, and any number of processes the folder. Calls that change the same package or point take turns or say
 * `WW_STATUS_BUSY`.
 */
typedef struct ww_site ww_site;

/**
 * An image file that is open for reading. Any number of threads may use it at once.
 */
typedef struct ww_wim ww_wim;

/**
 * How `ww_wim_open_with` opens a file. NULL in its place means all defaults.
 */
typedef struct {
    /**
     * `sizeof` this struct.
     */
    size_t struct_size;
    /**
     * Paths of image files that contents are taken from which the file does not hold, as a delta WIM leaves them out. `*`
     * and `?` in a file's name stand for all files that match. NULL for none.
     */
    const char *const *references;
    /**
     * How many strings `references` points to.
     */
    size_t reference_count;
    /**
     * Paths of the other parts of a split set; NULL to find them beside the first by its name.
     */
    const char *const *parts;
    /**
     * How many strings `parts` points to.
     */
    size_t part_count;
} ww_open_options;

/**
 * How `ww_wim_verify` works. NULL in its place means all defaults.
 */
typedef struct {
    /**
     * `sizeof` this struct.
     */
    size_t struct_size;
    /**
     * Threads to use, at most 1024; 0 for one for each core.
     */
    uint32_t threads;
    /**
     * Not 0: do not check the integrity table.
     */
    uint32_t skip_integrity;
} ww_verify_options;

/**
 * One report of progress. Totals are 0 while unknown. It belongs to the library and is valid during the callback.
 */
typedef struct {
    /**
     * `sizeof` this struct as the library knows it; later versions append fields.
     */
    size_t struct_size;
    /**
     * The file or entry that was worked on, or NULL. Valid during the callback.
     */
    const char *item;
    /**
     * Files or entries done.
     */
    uint64_t files_done;
    /**
     * Files or entries in all.
     */
    uint64_t files_total;
    /**
     * Bytes done, uncompressed.
     */
    uint64_t bytes_done;
    /**
     * Bytes in all, uncompressed.
     */
    uint64_t bytes_total;
    /**
     * What is being done, a `WW_PHASE_...` number. Later versions may add some.
     */
    uint32_t phase;
    /**
     * 0.
     */
    uint32_t reserved;
} ww_event;

/**
 * Where long work reports to, and how it is cancelled. NULL in its place means no reports.
 */
typedef struct {
    /**
     * `sizeof` this struct.
     */
    size_t struct_size;
    /**
     * Called on the thread that called the function which took it, before that function returns. Any result but 0
     * cancels the work: no further report comes, and that function returns `WW_STATUS_CANCELLED` as soon as it can.
     * The work waits for it, so it should return quickly; it must not throw or jump out, and may call no function of
     * this library but `ww_version`.
     */
    int (*report)(const ww_event *event, void *user);
    /**
     * Passed to `report` as it is; the library never looks at it.
     */
    void *user;
} ww_progress;

/**
 * Gives a piece of contents: writes at most `size` bytes (never 0) to `data` and returns how many it wrote; 0 at the end,
 * a negative number to give up. `user` is what was given with it. It must not throw or jump out.
 */
typedef int64_t (*ww_read)(void *data, size_t size, void *user);

/**
 * Takes a piece of contents: `size` bytes at `data`, valid during the callback, and the `user` that was given with it.
 * Any result but 0 ends the work. It must not throw or jump out.
 */
typedef int (*ww_write)(const void *data, size_t size, void *user);

/**
 * How `ww_wim_extract` works. NULL in its place means all defaults.
 */
typedef struct {
    /**
     * `sizeof` this struct.
     */
    size_t struct_size;
    /**
     * Paths in the image of files and folders (with what is below them) to extract; NULL for the whole image. They
     * keep their place: `\a\b` is written to `DEST/a/b`. Both `\` and `/` separate, upper and lower case are one.
     */
    const char *const *paths;
    /**
     * How many strings `paths` points to.
     */
    size_t path_count;
    /**
     * Threads to use, at most 1024; 0 for one for each core.
     */
    uint32_t threads;
    /**
     * Not 0: replace files that exist in the destination. Otherwise each is a failure in the report.
     */
    uint32_t overwrite;
    /**
     * Path of a file that keeps what a folder cannot hold, for a capture to take it back; NULL for none.
     */
    const char *metadata;
    /**
     * Not 0: give files and directories Linux' extended attributes that the image holds. On Linux only.
     */
    uint32_t xattrs;
    /**
     * Not 0: check everything and write nothing.
     */
    uint32_t dry_run;
} ww_extract_options;

/**
 * How `ww_wim_export` and `ww_wim_optimize` write a file. NULL in its place means all defaults: everything as it is in
 * the source.
 */
typedef struct {
    /**
     * `sizeof` this struct.
     */
    size_t struct_size;
    /**
     * How contents are compressed, a `WW_COMPRESSION_...` number; 0 as in the source.
     */
    uint32_t compression;
    /**
     * The compressor's level on wimlib's scale (20 fast, 50 wimlib's default, 100 thorough); 0 for the default.
     */
    uint32_t compression_level;
    /**
     * Bytes of a chunk, of a solid resource's where `solid` is set; 0 for the default.
     */
    uint32_t chunk_size;
    /**
     * Not 0: pack the contents together, as in an ESD.
     */
    uint32_t solid;
    /**
     * Whether there is an integrity table, a `WW_CHOICE_...` number; 0 as in the source.
     */
    uint32_t integrity;
    /**
     * Not 0: compress even what is stored the same way already.
     */
    uint32_t recompress;
    /**
     * Not 0: replace the destination where it exists; otherwise that is `WW_STATUS_ALREADY_EXISTS`. `ww_wim_optimize`
     * always replaces its own file.
     */
    uint32_t replace;
    /**
     * Threads to use, at most 1024; 0 for one for each core.
     */
    uint32_t threads;
    /**
     * The 16 bytes that name the new file; NULL for random ones (of `ww_wim_optimize`: for the old ones).
     */
    const uint8_t *guid;
    /**
     * What the image is called in the destination, where it is one alone; NULL as in the source.
     */
    const char *name;
    /**
     * Its description there; NULL as in the source.
     */
    const char *description;
    /**
     * Not 0: a destination that exists gets the images behind its own, in place.
     */
    uint32_t append;
    /**
     * 0.
     */
    uint32_t reserved;
    /**
     * Paths of image files whose contents are left out: the new file is a delta WIM, which is opened with them as its
     * references. `*` and `?` in a file's name stand for all files that match. NULL for none.
     */
    const char *const *delta_from;
    /**
     * How many strings `delta_from` points to.
     */
    size_t delta_count;
} ww_export_options;

/**
 * How `ww_wim_split` works. NULL in its place means all defaults.
 */
typedef struct {
    /**
     * `sizeof` this struct.
     */
    size_t struct_size;
    /**
     * Whether the parts have integrity tables, a `WW_CHOICE_...` number; 0 as in the source.
     */
    uint32_t integrity;
    /**
     * Not 0: replace parts that exist; otherwise that is `WW_STATUS_ALREADY_EXISTS`.
     */
    uint32_t replace;
    /**
     * The 16 bytes that name the set; NULL for random ones.
     */
    const uint8_t *guid;
} ww_split_options;

/**
 * How changes are written. NULL in its place means all defaults: in place.
 */
typedef struct {
    /**
     * `sizeof` this struct.
     */
    size_t struct_size;
    /**
     * Path of the file to write; what is there is replaced at the end. NULL changes the file in place.
     */
    const char *output;
    /**
     * The time of modification that changed images get, in 100 ns since 1601; 0 for now.
     */
    uint64_t timestamp;
    /**
     * The compressor's level for new contents; 0 takes a fast one.
     */
    uint32_t compression_level;
    /**
     * Threads to use, at most 1024; 0 for one for each core.
     */
    uint32_t threads;
    /**
     * Whether there is an integrity table afterwards, a `WW_CHOICE_...` number; 0 as it is.
     */
    uint32_t integrity;
    /**
     * 0.
     */
    uint32_t reserved;
} ww_commit_options;

/**
 * What `ww_wim_set` sets. NULL and 0 leave a value as it is.
 */
typedef struct {
    /**
     * `sizeof` this struct.
     */
    size_t struct_size;
    /**
     * The image's name, which no other image of the file may have.
     */
    const char *name;
    /**
     * Its description.
     */
    const char *description;
    /**
     * Its edition, for example `Professional`.
     */
    const char *edition;
    /**
     * Its name for people, where it differs.
     */
    const char *display_name;
    /**
     * Its description for people, where it differs.
     */
    const char *display_description;
    /**
     * `WW_CHOICE_YES`: it is the image that boots. `WW_CHOICE_NO`: it is not, and no other takes its place.
     */
    uint32_t boot;
    /**
     * 0.
     */
    uint32_t reserved;
} ww_image_properties;

/**
 * What `ww_wim_diff` compares. NULL in its place means all defaults.
 */
typedef struct {
    /**
     * `sizeof` this struct.
     */
    size_t struct_size;
    /**
     * Only what lies at or below these paths of the images; NULL for everything.
     */
    const char *const *paths;
    /**
     * How many strings `paths` points to.
     */
    size_t path_count;
    /**
     * Not 0: times of files and keys count too.
     */
    uint32_t times;
    /**
     * Not 0: compare hives as files, without looking into them.
     */
    uint32_t skip_registry;
} ww_diff_options;

/**
 * What `ww_capture` and `ww_wim_append` take from a folder, and how it is written. NULL in its place means all defaults.
 */
typedef struct {
    /**
     * `sizeof` this struct.
     */
    size_t struct_size;
    /**
     * What the image is called, and whether it boots; NULL for the folder's name.
     */
    const ww_image_properties *properties;
    /**
     * How contents are stored, and whether a file that exists is replaced; NULL for the defaults.
     */
    const ww_export_options *packing;
    /**
     * Path of a configuration (exclusion list) in the format of DISM and wimlib; NULL for Windows' own list.
     */
    const char *config;
    /**
     * Path of the metadata file that an extraction made of the folder; NULL for none.
     */
    const char *metadata;
    /**
     * When it is captured, in 100 ns since 1601; 0 for now.
     */
    uint64_t timestamp;
    /**
     * Not 0: leave nothing out. `config` is not looked at then.
     */
    uint32_t no_exclusions;
    /**
     * Whether absolute links into the folder count from the image's root, a `WW_CHOICE_...` number.
     */
    uint32_t fix_links;
    /**
     * Not 0: the same folder gives the same bytes.
     */
    uint32_t reproducible;
    /**
     * Not 0: look at the folder and write nothing.
     */
    uint32_t dry_run;
    /**
     * Not 0: take Linux' extended attributes along. On Linux only.
     */
    uint32_t xattrs;
    /**
     * 0.
     */
    uint32_t reserved;
} ww_capture_options;

/**
 * How `ww_mount_open` mounts. NULL in its place means all defaults: read-only, for the caller alone.
 */
typedef struct {
    /**
     * `sizeof` this struct.
     */
    size_t struct_size;
    /**
     * Path of the folder that takes the changes, a new or empty one; NULL for one below `$XDG_STATE_HOME/wimwright`.
     */
    const char *overlay;
    /**
     * Not 0: the image can be changed.
     */
    uint32_t read_write;
    /**
     * Not 0: other users may look into it too.
     */
    uint32_t allow_other;
    /**
     * Threads to use, at most 1024; 0 for one more than there are cores.
     */
    uint32_t threads;
    /**
     * 0.
     */
    uint32_t reserved;
    /**
     * Paths of image files that a delta WIM takes its other contents from, as in `ww_open_options`. NULL for none.
     */
    const char *const *references;
    /**
     * How many strings `references` points to.
     */
    size_t reference_count;
} ww_mount_options;

/**
 * How `ww_unstage` works. NULL in its place means all defaults: in place, all indexes of the receipt.
 */
typedef struct {
    /**
     * `sizeof` this struct.
     */
    size_t struct_size;
    /**
     * Path of the file to write; NULL changes the image in place.
     */
    const char *output;
    /**
     * Path of the folder for contents that do not fit in memory; NULL for the system's own.
     */
    const char *temporary;
    /**
     * The indexes, from 1; NULL for all that the receipt says something was staged into.
     */
    const uint32_t *indexes;
    /**
     * How many numbers `indexes` points to.
     */
    size_t index_count;
    /**
     * Not 0: check everything and write nothing.
     */
    uint32_t dry_run;
    /**
     * 0.
     */
    uint32_t reserved;
    /**
     * Paths of image files that a delta WIM takes its other contents from, as in `ww_open_options`. NULL for none.
     */
    const char *const *references;
    /**
     * How many strings `references` points to.
     */
    size_t reference_count;
} ww_unstage_options;

/**
 * How `ww_update_unpack` works. NULL in its place means all defaults.
 */
typedef struct {
    /**
     * `sizeof` this struct.
     */
    size_t struct_size;
    /**
     * Not 0: write deltas and other intermediate members too.
     */
    uint32_t keep_deltas;
    /**
     * Not 0: write compressed component manifests as plain XML. Needs `dictionary`.
     */
    uint32_t decode_manifests;
    /**
     * Path of a `wcp.dll`, or of the manifest dictionary taken from one; NULL for none.
     */
    const char *dictionary;
    /**
     * Not 0: rebuild and check everything, and write nothing.
     */
    uint32_t dry_run;
    /**
     * 0.
     */
    uint32_t reserved;
} ww_unpack_options;

/**
 * How a session services an image. NULL in its place means all defaults.
 */
typedef struct {
    /**
     * `sizeof` this struct.
     */
    size_t struct_size;
    /**
     * How far packages are serviced: `WW_LEVEL_STAGE` (0, the default), `WW_LEVEL_DELIVER` or `WW_LEVEL_INSTALL`.
     */
    uint32_t level;
    /**
     * Not 0: leave out an update that fails and go on with the others.
     */
    uint32_t continue_on_error;
    /**
     * Path of the file to write; NULL changes the image in place.
     */
    const char *output;
    /**
     * Path of the folder for contents that do not fit in memory; NULL for the system's own.
     */
    const char *temporary;
    /**
     * The indexes to service, from 1, in any order; NULL for all.
     */
    const uint32_t *indexes;
    /**
     * How many numbers `indexes` points to.
     */
    size_t index_count;
    /**
     * The compressor's level for new blobs; 0 takes a fast one.
     */
    uint32_t compression_level;
    /**
     * Not 0: decode, verify and plan, but write nothing.
     */
    uint32_t dry_run;
    /**
     * Threads to use, at most 1024; 0 for one for each core.
     */
    uint32_t threads;
    /**
     * Not 0: lay in what cannot be decided to apply or not, instead of leaving it out.
     */
    uint32_t force_undecided;
    /**
     * Not 0: at level install, carry out what can be also of a package that asks for more.
     */
    uint32_t accept_partial;
    /**
     * At level deliver, what makes Windows install it: a `WW_DELIVERY_...` number, 0 as the update's form asks.
     */
    uint32_t delivery;
    /**
     * Paths of image files that a delta WIM takes its other contents from, as in `ww_open_options`. NULL for none.
     */
    const char *const *references;
    /**
     * How many strings `references` points to.
     */
    size_t reference_count;
    /**
     * Path of a file that the commit writes the receipt to, whole or not at all; NULL for none.
     */
    const char *receipt;
    /**
     * Not 0: take updates also whose signature is broken.
     */
    uint32_t allow_broken_signature;
    /**
     * 0.
     */
    uint32_t reserved;
} ww_session_options;

/**
 * What `ww_media_refresh` brings a medium up to date with, and how. An update that is NULL is not given; one of them has to
 * be.
 */
typedef struct {
    /**
     * `sizeof` this struct.
     */
    size_t struct_size;
    /**
     * Path of the cumulative update, or of a folder that holds it with its checkpoints (and a servicing stack of its own)
     * and nothing else.
     */
    const char *cumulative;
    /**
     * Path of the Safe OS Dynamic Update, for Windows RE.
     */
    const char *safe_os;
    /**
     * Path of the Setup Dynamic Update, for the medium's `sources`.
     */
    const char *setup;
    /**
     * Path of the cumulative update of .NET.
     */
    const char *dotnet;
    /**
     * The indexes of the install image to service, from 1; NULL for all. The others stay as they are.
     */
    const uint32_t *indexes;
    /**
     * How many numbers `indexes` points to.
     */
    size_t index_count;
    /**
     * Path of the folder that receives the receipts; NULL for one beside the new tree, with `.receipts` behind its name.
     */
    const char *receipts;
    /**
     * Path of an ISO image to make of the new tree, with the program `xorriso`; NULL for none.
     */
    const char *iso;
    /**
     * The ISO image's volume label; NULL for a general one.
     */
    const char *label;
    /**
     * `WW_LEVEL_STAGE` (0, the default) or `WW_LEVEL_INSTALL`.
     */
    uint32_t level;
    /**
     * Not 0: leave out what fails and go on with the rest.
     */
    uint32_t continue_on_error;
    /**
     * Not 0: at level install, carry out what can be also of a package that asks for more.
     */
    uint32_t accept_partial;
    /**
     * Not 0: lay in what cannot be decided to apply or not, instead of leaving it out.
     */
    uint32_t force_undecided;
    /**
     * Not 0: find out what would be done and write nothing.
     */
    uint32_t dry_run;
    /**
     * Not 0: copy files that stay as they are where the file system cannot share their blocks. Otherwise they may be
     * further names (hard links) of the medium's own.
     */
    uint32_t no_hard_links;
    /**
     * Not 0: take updates also whose signature is broken.
     */
    uint32_t allow_broken_signature;
    /**
     * 0.
     */
    uint32_t reserved;
} ww_refresh_options;

/**
 * How `ww_site_package_add` names a package.
 */
typedef struct {
    /**
     * `sizeof` this struct.
     */
    size_t struct_size;
    /**
     * Its name, at most 50 characters. Not NULL.
     */
    const char *name;
    /**
     * Its version, free text of at most 32 characters; NULL for none.
     */
    const char *version;
    /**
     * A comment of at most 127 characters; NULL for none.
     */
    const char *comment;
    /**
     * The only index of its image to take, from 1; 0 for all.
     */
    uint32_t index;
    /**
     * 0.
     */
    uint32_t reserved;
} ww_site_add_options;

/**
 * What `ww_site_package_set` changes. NULL and 0 leave a thing as it is.
 */
typedef struct {
    /**
     * `sizeof` this struct.
     */
    size_t struct_size;
    /**
     * A new name.
     */
    const char *name;
    /**
     * A new version.
     */
    const char *version;
    /**
     * A new comment.
     */
    const char *comment;
    /**
     * Another source folder.
     */
    const char *source;
    /**
     * How many versions of its content are kept.
     */
    uint32_t keep;
    /**
     * 0.
     */
    uint32_t reserved;
} ww_site_set_options;

/**
 * When a package is serviced, and with what. With neither `at` nor `cron` it is due at once.
 */
typedef struct {
    /**
     * `sizeof` this struct.
     */
    size_t struct_size;
    /**
     * Updates by number, KB or file name, in the order to apply, for `WW_SELECTION_UPDATES`.
     */
    const char *const *updates;
    /**
     * How many strings `updates` points to.
     */
    size_t update_count;
    /**
     * A time, as in `2026-11-24 02:00`; NULL for none.
     */
    const char *at;
    /**
     * A cron expression, as in `0 3 * * TUE#2`; NULL for none.
     */
    const char *cron;
    /**
     * The zone that the time or expression is in: `UTC`, `Europe/Berlin`; NULL for this machine's.
     */
    const char *zone;
    /**
     * Which updates: a `WW_SELECTION_...` number.
     */
    uint32_t selection;
    /**
     * How far packages are serviced: a `WW_LEVEL_...` number.
     */
    uint32_t level;
    /**
     * Not 0: leave out an update that fails and go on with the others.
     */
    uint32_t continue_on_error;
    /**
     * Not 0: send the new version to the distribution points that have the package.
     */
    uint32_t update_distribution_points;
    /**
     * Not 0: take out of the image what earlier runs staged and newer updates supersede.
     */
    uint32_t remove_superseded;
    /**
     * Not 0: at level install, carry out what can be also of a package that asks for more.
     */
    uint32_t accept_partial;
    /**
     * Not 0: lay updates in also where it cannot be told whether they apply.
     */
    uint32_t force_undecided;
    /**
     * 0.
     */
    uint32_t reserved;
} ww_schedule_options;

/**
 * A distribution point for `ww_site_point_add`.
 */
typedef struct {
    /**
     * `sizeof` this struct.
     */
    size_t struct_size;
    /**
     * Its name. Not NULL.
     */
    const char *name;
    /**
     * Where it is: a folder, `s3://`, `az://`, `gs://`; `http://` and `https://` for validating. Not NULL.
     */
    const char *url;
    /**
     * The server, where it is not the provider's own; NULL for that.
     */
    const char *endpoint;
    /**
     * The region; NULL for none.
     */
    const char *region;
    /**
     * Path of a file with credentials, lines of `name = value`; NULL takes them from the environment.
     */
    const char *credentials;
    /**
     * Not 0: accept plain HTTP to the endpoint.
     */
    uint32_t allow_http;
    /**
     * 0.
     */
    uint32_t reserved;
} ww_point_options;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the C ABI that this library has; compare it with `WW_ABI_VERSION` of the header. Thread-safe.
 */
WW_API
uint32_t ww_abi_version(void);

/**
 * The library's version, for example `0.1.0`. Belongs to the library and lives as long. Thread-safe.
 */
WW_API const char *ww_version(void);

/**
 * Frees a string that the library gave through a `char **`. NULL is allowed. Any thread may do it, once.
 */
WW_API void ww_string_free(char *text);

/**
 * The status of the call that failed, a `WW_STATUS_...` number; 0 for NULL. Thread-safe.
 */
WW_API uint32_t ww_error_status(const ww_error *error);

/**
 * The CBS or Win32 HRESULT that Windows' own tools give for the same condition; 0 for NULL. Thread-safe.
 */
WW_API uint32_t ww_error_hresult(const ww_error *error);

/**
 * One line in English: the file or entry, what is wrong, the cause. Belongs to `error` and lives as long; NULL
 * for NULL. Thread-safe.
 */
WW_API
const char *ww_error_message(const ww_error *error);

/**
 * The file or entry concerned, for example `a.msu: b.cab`. Belongs to `error` and lives as long; NULL when none is
 * known. Thread-safe.
 */
WW_API
const char *ww_error_path(const ww_error *error);

/**
 * Frees an error object. NULL is allowed. Any thread may do it, once, when no other uses the object.
 */
WW_API void ww_error_free(ww_error *error);

/**
 * Opens the image file at `path` (a WIM, an ESD or the first part of a split set) for reading.
 *
 * `*wim` receives the handle; close it with `ww_wim_close`. It is NULL on failure. Thread-safe.
 */
WW_API uint32_t ww_wim_open(const char *path, ww_wim **wim, ww_error **error);

/**
 * As `ww_wim_open`, with options. Thread-safe.
 */
WW_API
uint32_t ww_wim_open_with(const char *path,
                          const ww_open_options *options,
                          ww_wim **wim,
                          ww_error **error);

/**
 * Closes an image file. NULL is allowed. Any thread may do it, once, when no other uses the handle.
 */
WW_API void ww_wim_close(ww_wim *wim);

/**
 * How many images the file holds; they are numbered from 1. 0 for NULL. Thread-safe.
 */
WW_API uint32_t ww_wim_image_count(const ww_wim *wim);

/**
 * What the file and its images are, as the JSON document of `wright info --json`. Sizes are bytes.
 *
 * `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
 */
WW_API uint32_t ww_wim_info(const ww_wim *wim, char **json, ww_error **error);

/**
 * One property of image `index` (from 1) by its path in the XML data, for example `NAME` or
 * `WINDOWS/VERSION/BUILD`. `WW_STATUS_NOT_FOUND` when there is no such image or property.
 *
 * `*value` receives the text; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
 */
WW_API
uint32_t ww_wim_property(const ww_wim *wim,
                         uint32_t index,
                         const char *name,
                         char **value,
                         ww_error **error);

/**
 * Decodes and hashes every blob and parses every image, on all cores.
 *
 * The result is 0 when the file is sound, else the status of the first problem. `*json` (`json` may be NULL) receives
 * the report of `wright verify --json` in both cases; free it with `ww_string_free`. It is NULL when the work did not
 * come to its end. Thread-safe.
 */
WW_API
uint32_t ww_wim_verify(const ww_wim *wim,
                       const ww_verify_options *options,
                       const ww_progress *progress,
                       char **json,
                       ww_error **error);

/**
 * Opens the image file that `read` gives from its first byte to its last, as one that comes through a pipe. `user` is
 * passed to `read` as it is; `name` is what messages call the file. `read` is called on this thread, before the function
 * returns; when it gives up the result is `WW_STATUS_CANCELLED`.
 *
 * What comes is kept in a file of the system's temporary folder that goes with the handle. A part of a split set is
 * refused. `*wim` receives the handle; close it with `ww_wim_close`. It is NULL on failure. Thread-safe.
 */
WW_API
uint32_t ww_wim_open_pipe(ww_read read,
                          void *user,
                          const char *name,
                          const ww_open_options *options,
                          ww_wim **wim,
                          ww_error **error);

/**
 * What lies in the folder at `path` of image `index` (from 1), as the JSON document of `wright ls --json`; of a file, the
 * file itself. `path` is from the root, with `\` or `/` between names; `""` is the root. With `recursive` not 0,
 * everything below it.
 *
 * `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
 */
WW_API
uint32_t ww_wim_list(const ww_wim *wim,
                     uint32_t index,
                     const char *path,
                     uint32_t recursive,
                     char **json,
                     ww_error **error);

/**
 * Hands the contents of the file at `path` of image `index` (from 1) to `write`, in order and in pieces, on the calling
 * thread. `stream` names a named data stream; NULL for the contents proper.
 *
 * Any result of `write` but 0 ends the call with `WW_STATUS_CANCELLED`. The digest is checked at the end: when the
 * result is `WW_STATUS_HASH_MISMATCH`, what was handed out is wrong. Thread-safe.
 */
WW_API
uint32_t ww_wim_read(const ww_wim *wim,
                     uint32_t index,
                     const char *path,
                     const char *stream,
                     ww_write write,
                     void *user,
                     ww_error **error);

/**
 * The packages of image `index` (from 1), how far each is installed, and whether the image may be serviced, as the JSON
 * document of `wright packages --json`. With `all` not 0, superseded and absent packages too.
 *
 * `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
 */
WW_API
uint32_t ww_wim_packages(const ww_wim *wim,
                         uint32_t index,
                         uint32_t all,
                         char **json,
                         ww_error **error);

/**
 * Writes the files of image `index` (from 1) below the folder `dest`, which is made where it is missing, on all cores.
 * Nothing is written outside `dest`, whatever the image says.
 *
 * The result is 0 when every entry was written, else the status of the first that was not; the others are written
 * all the same. `*json` (`json` may be NULL) receives the report of `wright extract --json` in both cases; free it
 * with `ww_string_free`. It is NULL when the work did not come to its end; what was written by then stays.
 * Thread-safe, on folders of their own.
 */
WW_API
uint32_t ww_wim_extract(const ww_wim *wim,
                        uint32_t index,
                        const char *dest,
                        const ww_extract_options *options,
                        const ww_progress *progress,
                        char **json,
                        ww_error **error);

/**
 * Writes images of `wim` as a new file at `destination`, in the order of `indexes` (`index_count` numbers from 1; NULL
 * and 0 for all). Split sets, ESDs and pipable files are sources like any other, so this also joins and converts.
 *
 * The new file is written beside its place and put there whole. `*json` (`json` may be NULL) receives the report of
 * `wright export --json`; free it with `ww_string_free`. It is NULL on failure. Thread-safe, on destinations of their
 * own.
 */
WW_API
uint32_t ww_wim_export(const ww_wim *wim,
                       const uint32_t *indexes,
                       size_t index_count,
                       const char *destination,
                       const ww_export_options *options,
                       const ww_progress *progress,
                       char **json,
                       ww_error **error);

/**
 * Makes the file of `wim` anew without what no image uses, and puts it in the place of the old one.
 *
 * `wim` keeps showing the old file: close it and open the file again. (On Windows a file that is open cannot be
 * replaced: close all other handles on it first.) `*json` (`json` may be NULL) receives the report of
 * `wright optimize --json`; free it with `ww_string_free`. It is NULL on failure. Thread-safe; of two at once, one is
 * refused with `WW_STATUS_BUSY`.
 */
WW_API
uint32_t ww_wim_optimize(const ww_wim *wim,
                         const ww_export_options *options,
                         const ww_progress *progress,
                         char **json,
                         ww_error **error);

/**
 * Splits `wim` into files of at most `part_size` bytes: `first`, and beside it its name with 2, 3, ... added. One
 * resource that is larger makes a part of its own. `ww_wim_export` of the first part joins them.
 *
 * `*json` (`json` may be NULL) receives the report of `wright split --json`; free it with `ww_string_free`. It is NULL
 * on failure. Thread-safe, on destinations of their own.
 */
WW_API
uint32_t ww_wim_split(const ww_wim *wim,
                      const char *first,
                      uint64_t part_size,
                      const ww_split_options *options,
                      const ww_progress *progress,
                      char **json,
                      ww_error **error);

/**
 * Takes images out of the file of `wim`: `index_count` numbers from 1 at `indexes`, as `wim` numbers them. Those behind
 * them move up. The file does not become smaller by this; `ww_wim_optimize` does that.
 *
 * `wim` keeps showing the old images: close it and open the file again. `*json` (`json` may be NULL) receives the
 * report of `wright delete --json`; free it with `ww_string_free`. It is NULL on failure, and the file is then as it was.
 * Thread-safe; of two at once, one is refused with `WW_STATUS_BUSY`.
 */
WW_API
uint32_t ww_wim_delete(const ww_wim *wim,
                       const uint32_t *indexes,
                       size_t index_count,
                       const ww_commit_options *options,
                       const ww_progress *progress,
                       char **json,
                       ww_error **error);

/**
 * Sets what image `index` (from 1) is called, and whether it boots.
 *
 * `wim` keeps showing what was: close it and open the file again. `*json` (`json` may be NULL) receives the report of
 * `wright set --json`; free it with `ww_string_free`. It is NULL on failure, and the file is then as it was.
 * Thread-safe; of two at once, one is refused with `WW_STATUS_BUSY`.
 */
WW_API
uint32_t ww_wim_set(const ww_wim *wim,
                    uint32_t index,
                    const ww_image_properties *properties,
                    const ww_commit_options *options,
                    const ww_progress *progress,
                    char **json,
                    ww_error **error);

/**
 * Opens image `index` (from 1) of `wim` for changes. Nothing is written before `ww_overlay_commit`.
 *
 * `*overlay` receives the handle; close it with `ww_overlay_close`. It is NULL on failure. Thread-safe.
 */
WW_API uint32_t ww_overlay_open(const ww_wim *wim, uint32_t index, ww_overlay **overlay, ww_error **error);

/**
 * Closes an overlay; what was not committed was never written. NULL is allowed. Any thread may do it, once, when no
 * other uses the handle.
 */
WW_API
void ww_overlay_close(ww_overlay *overlay);

/**
 * What lies in the folder at `path` as the changes make it, as the JSON document of `wright ls --json`. As
 * `ww_wim_list`; the digest of contents that the commit has yet to hash is `null`. One call at a time.
 */
WW_API
uint32_t ww_overlay_list(const ww_overlay *overlay,
                         const char *path,
                         uint32_t recursive,
                         char **json,
                         ww_error **error);

/**
 * Hands the contents of the file at `path`, as the changes make it, to `write`. As `ww_wim_read`. One call at a time.
 */
WW_API
uint32_t ww_overlay_read(const ww_overlay *overlay,
                         const char *path,
                         const char *stream,
                         ww_write write,
                         void *user,
                         ww_error **error);

/**
 * Hands the security descriptor of the entry at `path`, in its binary form (self-relative), to `write`; of an entry that
 * has none, nothing. Any result of `write` but 0 ends the call with `WW_STATUS_CANCELLED`. One call at a time.
 */
WW_API
uint32_t ww_overlay_security(const ww_overlay *overlay,
                             const char *path,
                             ww_write write,
                             void *user,
                             ww_error **error);

/**
 * How many things were changed so far, as a JSON document: `added`, `replaced`, `removed`, `renamed`, `linked`,
 * `directories`, `properties`.
 *
 * `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. One call at a time.
 */
WW_API
uint32_t ww_overlay_changes(const ww_overlay *overlay,
                            char **json,
                            ww_error **error);

/**
 * Sets the time that new and replaced files get from now on, in 100 ns since 1601; 0 for the time of each call. One
 * call at a time.
 */
WW_API
uint32_t ww_overlay_set_clock(const ww_overlay *overlay,
                              uint64_t time,
                              ww_error **error);

/**
 * Writes the changes of `count` overlays of one image file at once: new contents once each, compressed on all cores.
 *
 * Whatever fails, and when the callback cancels, the file is as it was before, and the overlays can be committed again.
 * After a success close them and open the file again; another commit in place is refused with `WW_STATUS_BUSY`,
 * because the file has changed under the handles. `*json` (`json` may be NULL) receives the report, with the fields of
 * `wright delete --json`; free it with `ww_string_free`. It is NULL on failure. One call at a time on each of the
 * overlays.
 */
WW_API
uint32_t ww_overlay_commit(const ww_overlay *const *overlays,
                           size_t count,
                           const ww_commit_options *options,
                           const ww_progress *progress,
                           char **json,
                           ww_error **error);

/**
 * Adds the file at `path` of the image, or replaces its contents, with those of the file at `file`; folders on the way are
 * made. `stream` names a named data stream of what is there; NULL for the contents proper.
 *
 * A replaced file keeps its attributes, security descriptor, short name, creation time and streams; its other names (hard
 * links) keep the old contents. `file` is read when the overlay is committed, and must stay as it is until then. One call
 * at a time.
 */
WW_API
uint32_t ww_overlay_put_file(const ww_overlay *overlay,
                             const char *path,
                             const char *stream,
                             const char *file,
                             ww_error **error);

/**
 * As `ww_overlay_put_file`, with `size` bytes at `data`, which are copied. One call at a time.
 */
WW_API
uint32_t ww_overlay_put_bytes(const ww_overlay *overlay,
                              const char *path,
                              const char *stream,
                              const void *data,
                              size_t size,
                              ww_error **error);

/**
 * Takes the file or folder at `path` away, with everything below it. One call at a time.
 */
WW_API
uint32_t ww_overlay_remove(const ww_overlay *overlay,
                           const char *path,
                           ww_error **error);

/**
 * Moves what is at `path` to `new_path`, where nothing may be; folders on the way are made. One call at a time.
 */
WW_API
uint32_t ww_overlay_rename(const ww_overlay *overlay,
                           const char *path,
                           const char *new_path,
                           ww_error **error);

/**
 * Gives the file at `path` another name, `new_path`; folders on the way are made. One call at a time.
 */
WW_API
uint32_t ww_overlay_hard_link(const ww_overlay *overlay,
                              const char *path,
                              const char *new_path,
                              ww_error **error);

/**
 * Makes the folder at `path`, and those on the way; one that is there already does as well. One call at a time.
 */
WW_API
uint32_t ww_overlay_mkdir(const ww_overlay *overlay,
                          const char *path,
                          ww_error **error);

/**
 * Sets the `FILE_ATTRIBUTE_...` bits of what is at `path`. Whether it is a folder or a reparse point does not change by this.
 * One call at a time.
 */
WW_API
uint32_t ww_overlay_set_attributes(const ww_overlay *overlay,
                                   const char *path,
                                   uint32_t attributes,
                                   ww_error **error);

/**
 * Sets the times of what is at `path`, in 100 ns since 1601; 0 leaves one as it is. One call at a time.
 */
WW_API
uint32_t ww_overlay_set_times(const ww_overlay *overlay,
                              const char *path,
                              uint64_t created,
                              uint64_t accessed,
                              uint64_t written,
                              ww_error **error);

/**
 * Sets the security descriptor of what is at `path`: `size` bytes at `descriptor`, self-relative. NULL and 0 take it away,
 * so that one is inherited where the image is applied. One call at a time.
 */
WW_API
uint32_t ww_overlay_set_security(const ww_overlay *overlay,
                                 const char *path,
                                 const void *descriptor,
                                 size_t size,
                                 ww_error **error);

/**
 * Sets the 8.3 name of what is at `path`; NULL takes it away. One call at a time.
 */
WW_API
uint32_t ww_overlay_set_short_name(const ww_overlay *overlay,
                                   const char *path,
                                   const char *short_name,
                                   ww_error **error);

/**
 * Compares image `before_index` of `before` with image `after_index` of `after` (from 1; the handles may be one): files,
 * links, descriptors, registry keys and values.
 *
 * The result is 0 when the comparison came to its end, whether or not the images differ: the document's `equal` says
 * that. A hive that could not be compared is the status; the document names it. `*json` receives the document of
 * `wright diff --json`; free it with `ww_string_free`. It is NULL when the work did not come to its end. Thread-safe.
 */
WW_API
uint32_t ww_wim_diff(const ww_wim *before,
                     uint32_t before_index,
                     const ww_wim *after,
                     uint32_t after_index,
                     const ww_diff_options *options,
                     const ww_progress *progress,
                     char **json,
                     ww_error **error);

/**
 * Makes the folder at `source` an image of the new file `destination`.
 *
 * `*json` (`json` may be NULL) receives the report of `wright capture --json`; free it with `ww_string_free`. It is NULL
 * on failure, and then nothing was written. Thread-safe, on destinations of their own.
 */
WW_API
uint32_t ww_capture(const char *source,
                    const char *destination,
                    const ww_capture_options *options,
                    const ww_progress *progress,
                    char **json,
                    ww_error **error);

/**
 * Adds the folder at `source` as an image to the file of `wim`.
 *
 * `wim` keeps showing the old images: close it and open the file again. `*json` (`json` may be NULL) receives the report
 * of `wright append --json`; free it with `ww_string_free`. It is NULL on failure, and the file is then as it was.
 * Thread-safe; of two at once, one is refused with `WW_STATUS_BUSY`.
 */
WW_API
uint32_t ww_wim_append(const ww_wim *wim,
                       const char *source,
                       const ww_capture_options *options,
                       const ww_progress *progress,
                       char **json,
                       ww_error **error);

/**
 * Mounts image `index` (from 1) of the file at `path` on the folder `dir`, served by threads of this process. Linux only:
 * elsewhere the result is `WW_STATUS_NOT_AVAILABLE`; overlays and `ww_wim_extract` do without a mount.
 *
 * `*mount` receives the handle; end it with `ww_mount_end`, close it with `ww_mount_close`. It is NULL on failure.
 * Thread-safe.
 */
WW_API
uint32_t ww_mount_open(const char *path,
                       uint32_t index,
                       const char *dir,
                       const ww_mount_options *options,
                       ww_mount **mount,
                       ww_error **error);

/**
 * Unmounts what `ww_mount_open` mounted. `ending` says what becomes of the changes, a `WW_ENDING_...` number; `options` are
 * for a commit. One that is in use stays as it is: `WW_STATUS_BUSY`.
 *
 * `*json` (`json` may be NULL) receives the report of `wright unmount --json`; free it with `ww_string_free`. It is NULL
 * on failure. One call at a time.
 */
WW_API
uint32_t ww_mount_end(const ww_mount *mount,
                      uint32_t ending,
                      const ww_commit_options *options,
                      const ww_progress *progress,
                      char **json,
                      ww_error **error);

/**
 * Not 0 while the image is mounted: 0 once someone else has unmounted it (`wright unmount`, `ww_unmount`, the system's own
 * command), after `ww_mount_end`, and for NULL. While another call is at work on the handle it counts as mounted.
 * Thread-safe.
 */
WW_API
uint32_t ww_mount_is_mounted(const ww_mount *mount);

/**
 * Waits until someone else unmounts what `ww_mount_open` mounted; what was changed is kept in its folder. Other calls with
 * this handle are refused with `WW_STATUS_BUSY` until then. One call at a time.
 */
WW_API
uint32_t ww_mount_wait(const ww_mount *mount,
                       ww_error **error);

/**
 * Closes a mount; one that was not ended is unmounted, and its changes are kept in their folder. NULL is allowed. Any
 * thread may do it, once, when no other uses the handle.
 */
WW_API
void ww_mount_close(ww_mount *mount);

/**
 * Unmounts what any process of this user has mounted on the folder `dir`, or ends what a crash left of it. Otherwise as
 * `ww_mount_end`. Thread-safe.
 */
WW_API
uint32_t ww_unmount(const char *dir,
                    uint32_t ending,
                    const ww_commit_options *options,
                    const ww_progress *progress,
                    char **json,
                    ww_error **error);

/**
 * The mounts of this user, as the JSON document of `wright mounts --json`. With `clean_up` not 0 what crashes left is
 * cleaned up first; changes stay in their folders.
 *
 * `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
 */
WW_API
uint32_t ww_mounts(uint32_t clean_up,
                   char **json,
                   ww_error **error);

/**
 * Takes out of the image file at `path` what the run staged whose receipt is `receipt` (the JSON document itself).
 *
 * `*json` (`json` may be NULL) receives the report of `wright unstage --json`; free it with `ww_string_free`. It is NULL
 * on failure, and the file is then as it was. Thread-safe; of two at once, one is refused with `WW_STATUS_BUSY`.
 */
WW_API
uint32_t ww_unstage(const char *path,
                    const char *receipt,
                    const ww_unstage_options *options,
                    const ww_progress *progress,
                    char **json,
                    ww_error **error);

/**
 * What the update at `path` (an `.msu` or `.cab`) is, as the JSON document of `wright inspect --json`: kind, KB,
 * digests, and for each package its identity, architecture, parents and counts. Nothing is rebuilt or written.
 *
 * `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
 */
WW_API
uint32_t ww_update_inspect(const char *path,
                           char **json,
                           ww_error **error);

/**
 * Writes every file that the update at `source` delivers below the folder `dest`, rebuilt and checked against the
 * digests that the package declares. Nothing is written outside `dest`, whatever the package says.
 *
 * The result is 0 when no file failed, else the status of the first that did; the others are written all the same.
 * `*json` (`json` may be NULL) receives the report of `wright unpack --json` in both cases; free it with
 * `ww_string_free`. It is NULL when the work did not come to its end. Thread-safe, on folders of their own.
 */
WW_API
uint32_t ww_update_unpack(const char *source,
                          const char *dest,
                          const ww_unpack_options *options,
                          const ww_progress *progress,
                          char **json,
                          ww_error **error);

/**
 * Opens the image file at `path` for servicing. Nothing is written before `ww_session_commit`.
 *
 * `*session` receives the handle; close it with `ww_session_close`. It is NULL on failure. What `options` points to is
 * read during the call only. Thread-safe.
 */
WW_API
uint32_t ww_session_open(const char *path,
                         const ww_session_options *options,
                         ww_session **session,
                         ww_error **error);

/**
 * Closes a session; what was not committed was never written. NULL is allowed. Any thread may do it, once, when no
 * other uses the handle.
 */
WW_API
void ww_session_close(ww_session *session);

/**
 * Decodes, rebuilds and verifies the update at `path` (an `.msu` or `.cab`); of a folder, every `.msu` and `.cab` in it
 * by name. Updates are applied in the order in which they were added; one that was added before is passed over.
 *
 * An update that fails is not added; with `continue_on_error` it is, the plan and the receipt name the failure, and
 * the result is 0. One call at a time.
 */
WW_API
uint32_t ww_session_add_update(const ww_session *session,
                               const char *path,
                               const ww_progress *progress,
                               ww_error **error);

/**
 * What would be done to each index, as the JSON document of `wright plan --json`. Writes nothing.
 *
 * `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. One call at a time.
 */
WW_API uint32_t ww_session_plan(const ww_session *session, char **json, ww_error **error);

/**
 * Lays everything that applies into every chosen index and writes the image once.
 *
 * When nothing applies the result is the status of the first refusal (`WW_STATUS_NOT_APPLICABLE`,
 * `WW_STATUS_ARCHITECTURE_MISMATCH`, ...), nothing is written, and the receipt says why. Whatever else fails, and when
 * the callback cancels, the image is as it was before. A session writes an image once: after a commit in place
 * another is refused with `WW_STATUS_BUSY`, because the file has changed under the handle. One call at a time.
 */
WW_API
uint32_t ww_session_commit(const ww_session *session,
                           const ww_progress *progress,
                           ww_error **error);

/**
 * The receipt of the last commit, as the JSON document that `docs/receipt.md` describes. `WW_STATUS_NOT_FOUND` before
 * the first commit.
 *
 * `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. One call at a time.
 */
WW_API
uint32_t ww_session_receipt(const ww_session *session,
                            char **json,
                            ww_error **error);

/**
 * Brings the medium in the folder `media` (that which `setup.exe` lies in) up to date, as Microsoft's procedure for Dynamic
 * Update does, into the new folder `out`. The medium is only read; nothing is at `out` before all of it is there.
 *
 * The result is `WW_STATUS_NOT_APPLICABLE` where nothing would change; with `continue_on_error` the status of the first
 * thing that was left out, and then the tree is there all the same. `*json` (`json` may be NULL) receives the report of
 * `wright media refresh --json`; free it with `ww_string_free`. It is NULL when the work did not come to its end, and then
 * nothing was written. Thread-safe, on new folders of their own.
 */
WW_API
uint32_t ww_media_refresh(const char *media,
                          const char *out,
                          const ww_refresh_options *options,
                          const ww_progress *progress,
                          char **json,
                          ww_error **error);

#ifndef WW_NO_SITE

/**
 * Makes a site in the folder `path`, which must be empty or not be there yet, and opens it.
 *
 * `*site` receives the handle; close it with `ww_site_close`. It is NULL on failure. Thread-safe.
 */
WW_API uint32_t ww_site_init(const char *path, ww_site **site, ww_error **error);

/**
 * Opens the site in the folder `path`.
 *
 * `*site` receives the handle; close it with `ww_site_close`. It is NULL on failure. Thread-safe.
 */
WW_API uint32_t ww_site_open(const char *path, ww_site **site, ww_error **error);

/**
 * Closes a site. NULL is allowed. Any thread may do it, once, when no other uses the handle.
 */
WW_API void ww_site_close(ww_site *site);

/**
 * The receipt of run `run`, as it was written: the JSON document that `docs/receipt.md` describes.
 *
 * `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
 */
WW_API uint32_t ww_site_receipt(const ww_site *site, uint64_t run, char **json, ww_error **error);

/**
 * What the site is and holds. The document is that of `wright site info --json`.
 *
 * `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
 */
WW_API uint32_t ww_site_info(const ww_site *site, char **json, ww_error **error);

/**
 * Hashes every content of the site's library again. The result is 0 when all are whole, else the status of the first
 * that is not. The document is that of `wright site verify --json`.
 *
 * `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL when the work did
 * not come to its end. Thread-safe.
 */
WW_API
uint32_t ww_site_verify(const ww_site *site,
                        const ww_progress *progress,
                        char **json,
                        ww_error **error);

/**
 * Writes a page for the browser to the file `out`: packages, indexes and updates, runs, distribution points. The
 * document is that of `wright site report --json`.
 *
 * `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
 */
WW_API
uint32_t ww_site_report(const ww_site *site,
                        const char *out,
                        char **json,
                        ww_error **error);

/**
 * Adds the folder `source` of Windows Setup's files as an upgrade package; the folder is only read. Its name stands
 * in `options`, which therefore may not be NULL. The document is that of `wright site package add --json`.
 *
 * `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL when the work did
 * not come to its end. Thread-safe.
 */
WW_API
uint32_t ww_site_package_add(const ww_site *site,
                             const char *source,
                             const ww_site_add_options *options,
                             const ww_progress *progress,
                             char **json,
                             ww_error **error);

/**
 * Every upgrade package. The document is that of `wright site package list --json`.
 *
 * `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
 */
WW_API uint32_t ww_site_package_list(const ww_site *site, char **json, ww_error **error);

/**
 * The package of this name or number: images, versions; with `installed` not 0 also what its images had installed at
 * import. The document is that of `wright site package show --json`.
 *
 * `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
 */
WW_API
uint32_t ww_site_package_show(const ww_site *site,
                              const char *package,
                              uint32_t installed,
                              char **json,
                              ww_error **error);

/**
 * Reads the source of a package again after it was changed from outside: a new version of its content. The document
 * is that of `wright site package reload --json`.
 *
 * `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL when the work did
 * not come to its end. Thread-safe.
 */
WW_API
uint32_t ww_site_package_reload(const ww_site *site,
                                const char *package,
                                const ww_progress *progress,
                                char **json,
                                ww_error **error);

/**
 * Changes what `options` gives of a package: name, version, comment, source, how many versions are kept. The
 * document is that of `wright site package set --json`.
 *
 * `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
 */
WW_API
uint32_t ww_site_package_set(const ww_site *site,
                             const char *package,
                             const ww_site_set_options *options,
                             char **json,
                             ww_error **error);

/**
 * Publishes an older version of a package's content again: `version`, or with 0 the one before the published one.
 * The document is that of `wright site package rollback --json`.
 *
 * `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
 */
WW_API
uint32_t ww_site_package_rollback(const ww_site *site,
                                  const char *package,
                                  uint32_t version,
                                  char **json,
                                  ww_error **error);

/**
 * Compares the source of a package with what was added, and the library's copies with their digests. The result is 0
 * when all is as it was, else the status of the first difference. The document is that of `wright site package check
 * --json`.
 *
 * `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL when the work did
 * not come to its end. Thread-safe.
 */
WW_API
uint32_t ww_site_package_check(const ww_site *site,
                               const char *package,
                               const ww_progress *progress,
                               char **json,
                               ww_error **error);

/**
 * Removes a package and what only it uses. The document is that of `wright site package remove --json`.
 *
 * `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
 */
WW_API
uint32_t ww_site_package_remove(const ww_site *site,
                                const char *package,
                                char **json,
                                ww_error **error);

/**
 * Takes updates (`.msu`, `.cab`) into the library; of a folder, every one below it. The result is 0 when each could
 * be read, else the status of the first that could not; the others are imported all the same. One whose signature is
 * broken is not imported unless `allow_broken_signature` is not 0. The document is that of `wright site update import
 * --json`.
 *
 * `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL when the work did
 * not come to its end. Thread-safe.
 */
WW_API
uint32_t ww_site_update_import(const ww_site *site,
                               const char *const *paths,
                               size_t path_count,
                               uint32_t allow_broken_signature,
                               const ww_progress *progress,
                               char **json,
                               ww_error **error);

/**
 * Every update of the library; with `package` not NULL those that are offered to it. The document is that of `wright
 * site update list --json`.
 *
 * `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL when the work did
 * not come to its end. Thread-safe.
 */
WW_API
uint32_t ww_site_update_list(const ww_site *site,
                             const char *package,
                             const ww_progress *progress,
                             char **json,
                             ww_error **error);

/**
 * What an update of the library is, named by number, KB, file name or SHA-256: the document of `wright inspect --json`
 * that was made of it when it was imported.
 *
 * `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
 */
WW_API
uint32_t ww_site_update_inspection(const ww_site *site,
                                   const char *update,
                                   char **json,
                                   ww_error **error);

/**
 * Removes an update, named by number, KB, file name or SHA-256, that no schedule names. The document is that of
 * `wright site update remove --json`.
 *
 * `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
 */
WW_API
uint32_t ww_site_update_remove(const ww_site *site,
                               const char *update,
                               char **json,
                               ww_error **error);

/**
 * Which imported updates a package can use, index by index, and why not the others. That none is offered is no
 * failure here. The document is that of `wright site offer --json`.
 *
 * `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL when the work did
 * not come to its end. Thread-safe.
 */
WW_API
uint32_t ww_site_offer(const ww_site *site,
                       const char *package,
                       const ww_progress *progress,
                       char **json,
                       ww_error **error);

/**
 * What is known of updates and a package's published version: of index `index`, or with 0 of all. Updates that
 * nobody has asked about yet are not in it; `ww_site_offer` asks. The document is that of `wright site status
 * --json`.
 *
 * `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
 */
WW_API
uint32_t ww_site_status(const ww_site *site,
                        const char *package,
                        uint32_t index,
                        char **json,
                        ww_error **error);

/**
 * Adds a schedule for a package. NULL for `options` asks for no update, which is refused. The document is that of
 * `wright site schedule add --json`.
 *
 * `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
 */
WW_API
uint32_t ww_site_schedule_add(const ww_site *site,
                              const char *package,
                              const ww_schedule_options *options,
                              char **json,
                              ww_error **error);

/**
 * Every schedule. The document is that of `wright site schedule list --json`.
 *
 * `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
 */
WW_API uint32_t ww_site_schedule_list(const ww_site *site, char **json, ww_error **error);

/**
 * Cancels schedule `schedule`; where its run is going on, in whatever process, it is asked to stop. The document is
 * that of `wright site schedule cancel --json`.
 *
 * `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
 */
WW_API
uint32_t ww_site_schedule_cancel(const ww_site *site,
                                 uint64_t schedule,
                                 char **json,
                                 ww_error **error);

/**
 * Resumes what was interrupted and runs what is due, as `mode` says, a `WW_RUN_MODE_...` number. The result is 0
 * when every run succeeded, else `WW_STATUS_IO`; each run says itself how it ended. Call it again and again, or from
 * a timer of the system's, to keep a site going. The document is that of `wright site run --json`.
 *
 * `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL when the work did
 * not come to its end. Thread-safe.
 */
WW_API
uint32_t ww_site_run(const ww_site *site,
                     uint32_t mode,
                     const ww_progress *progress,
                     char **json,
                     ww_error **error);

/**
 * The runs of a package, the newest first; also of one that was removed, by its name. The document is that of
 * `wright site history --json`.
 *
 * `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
 */
WW_API
uint32_t ww_site_history(const ww_site *site,
                         const char *package,
                         char **json,
                         ww_error **error);

/**
 * Adds a distribution point, which `options` describes; it may not be NULL. The document is that of `wright site dp
 * add --json`.
 *
 * `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
 */
WW_API
uint32_t ww_site_point_add(const ww_site *site,
                           const ww_point_options *options,
                           char **json,
                           ww_error **error);

/**
 * Every distribution point. The document is that of `wright site dp list --json`.
 *
 * `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
 */
WW_API uint32_t ww_site_point_list(const ww_site *site, char **json, ww_error **error);

/**
 * How packages stand on the distribution points; with `package` not NULL only that one. The document is that of
 * `wright site dp status --json`.
 *
 * `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
 */
WW_API
uint32_t ww_site_point_status(const ww_site *site,
                              const char *package,
                              char **json,
                              ww_error **error);

/**
 * Removes a distribution point's record; with `abandon` not 0 also while packages are there, which stay there as
 * they are. The document is that of `wright site dp remove --json`.
 *
 * `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
 */
WW_API
uint32_t ww_site_point_remove(const ww_site *site,
                              const char *name,
                              uint32_t abandon,
                              char **json,
                              ww_error **error);

/**
 * Sends a package's published version to distribution points: what they lack. `points` names them; with none it
 * concerns those that have the package. Every one is tried; the result is the status of the first that failed. The
 * document is that of `wright site distribute --json`.
 *
 * `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL when the work did
 * not come to its end. Thread-safe.
 */
WW_API
uint32_t ww_site_distribute(const ww_site *site,
                            const char *package,
                            const char *const *points,
                            size_t point_count,
                            const ww_progress *progress,
                            char **json,
                            ww_error **error);

/**
 * Sends all of a package again. `points` names them; with none it concerns those that have the package. Every one is
 * tried; the result is the status of the first that failed. The document is that of `wright site redistribute
 * --json`.
 *
 * `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL when the work did
 * not come to its end. Thread-safe.
 */
WW_API
uint32_t ww_site_redistribute(const ww_site *site,
                              const char *package,
                              const char *const *points,
                              size_t point_count,
                              const ww_progress *progress,
                              char **json,
                              ww_error **error);

/**
 * Takes a package away from distribution points. `points` names them; with none it concerns those that have the
 * package. Every one is tried; the result is the status of the first that failed. The document is that of `wright
 * site withdraw --json`.
 *
 * `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL when the work did
 * not come to its end. Thread-safe.
 */
WW_API
uint32_t ww_site_withdraw(const ww_site *site,
                          const char *package,
                          const char *const *points,
                          size_t point_count,
                          const ww_progress *progress,
                          char **json,
                          ww_error **error);

/**
 * Hashes a package's content on distribution points again. `points` names them; with none it concerns those that
 * have the package. The result is the status of the first content that is not whole. The document is that of `wright
 * site validate --json`.
 *
 * `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL when the work did
 * not come to its end. Thread-safe.
 */
WW_API
uint32_t ww_site_validate(const ww_site *site,
                          const char *package,
                          const char *const *points,
                          size_t point_count,
                          const ww_progress *progress,
                          char **json,
                          ww_error **error);

/**
 * Writes the published versions of packages into the one file `out`, for a distribution point at the end of a thin
 * line. The document is that of `wright site prestage export --json`.
 *
 * `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL when the work did
 * not come to its end. Thread-safe.
 */
WW_API
uint32_t ww_site_prestage_export(const ww_site *site,
                                 const char *const *packages,
                                 size_t package_count,
                                 const char *out,
                                 const ww_progress *progress,
                                 char **json,
                                 ww_error **error);

/**
 * As `ww_site_prestage_export`, signed with the private key in the file `sign_key` (Ed25519, PEM, as `openssl genpkey
 * -algorithm ed25519` writes it): who has its public half can tell that nothing was changed. Thread-safe.
 */
WW_API
uint32_t ww_site_prestage_export_signed(const ww_site *site,
                                        const char *const *packages,
                                        size_t package_count,
                                        const char *out,
                                        const char *sign_key,
                                        const ww_progress *progress,
                                        char **json,
                                        ww_error **error);

/**
 * Puts what the prestaged file `file` holds on a distribution point. The document is that of `wright site prestage
 * import --json`.
 *
 * `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL when the work did
 * not come to its end. Thread-safe.
 */
WW_API
uint32_t ww_site_prestage_import(const ww_site *site,
                                 const char *file,
                                 const char *point,
                                 const ww_progress *progress,
                                 char **json,
                                 ww_error **error);

/**
 * As `ww_site_prestage_import`; refused with `WW_STATUS_HASH_MISMATCH` unless the file was signed with the
 * private half of the public key in the file `verify_key` (`openssl pkey -pubout`). Thread-safe.
 */
WW_API
uint32_t ww_site_prestage_import_signed(const ww_site *site,
                                        const char *file,
                                        const char *point,
                                        const char *verify_key,
                                        const ww_progress *progress,
                                        char **json,
                                        ww_error **error);

/**
 * Puts what the prestaged file `file` holds into the folder of a distribution point, where no site is at hand. The
 * document is that of `wright site prestage import --json`.
 *
 * `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
 */
WW_API
uint32_t ww_site_prestage_unpack(const char *file,
                                 const char *folder,
                                 const ww_progress *progress,
                                 char **json,
                                 ww_error **error);

/**
 * As `ww_site_prestage_unpack`; refused, as by `ww_site_prestage_import_signed`, unless the file was signed with the
 * private half of the public key in the file `verify_key`. Thread-safe.
 */
WW_API
uint32_t ww_site_prestage_unpack_signed(const char *file,
                                        const char *folder,
                                        const char *verify_key,
                                        const ww_progress *progress,
                                        char **json,
                                        ww_error **error);

#endif /* WW_NO_SITE */

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* WIMWRIGHT_H */
