/*
 * Wimwright for C++17: the C ABI of wimwright.h as types that own what they hold. Header only.
 *
 *   Failures    Throw wimwright::error. With WIMWRIGHT_NO_EXCEPTIONS defined before including this file, every call that
 *               can fail returns wimwright::result<T> instead, which holds a T or an error; nothing throws.
 *   Ownership   image, overlay, session, mount and site are moved, not copied, and close what they hold. They may go in any
 *               order.
 *   Progress    wimwright::progress is a std::function that gets an event and returns true to go on, false to cancel. It
 *               is called on the thread that made the call, before that returns. An exception thrown in it cancels the work
 *               and comes out of that call.
 *   Documents   Results that have a shape of their own are JSON, as std::string; docs/json.md and docs/schema describe
 *               them.
 *   Threads     As wimwright.h says of each function.
 */
#ifndef WIMWRIGHT_HPP
#define WIMWRIGHT_HPP

#include "wimwright.h"

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace wimwright {

/// What went wrong: a WW_STATUS_... number, the HRESULT that Windows' own tools give, a line of text, the file.
class error : public std::runtime_error {
public:
    error(std::uint32_t status, std::uint32_t hresult, const std::string &message, std::string path)
        : std::runtime_error(message), status_(status), hresult_(hresult), path_(std::move(path)) {}

    /// A WW_STATUS_... number.
    std::uint32_t status() const noexcept { return status_; }
    /// The CBS or Win32 HRESULT for it.
    std::uint32_t hresult() const noexcept { return hresult_; }
    /// The file or entry concerned; empty when none is known.
    const std::string &path() const noexcept { return path_; }

private:
    std::uint32_t status_, hresult_;
    std::string path_;
};

#ifdef WIMWRIGHT_NO_EXCEPTIONS
/// A value, or the error that stands in its place.
template <class T> class result {
public:
    result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
    result(wimwright::error failure) : held_(std::in_place_index<1>, std::move(failure)) {}

    bool has_value() const noexcept { return held_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }
    /// The value; there must be one.
    T &value() & { return *std::get_if<0>(&held_); }
    T &&value() && { return std::move(*std::get_if<0>(&held_)); }
    T &operator*() & { return value(); }
    T &&operator*() && { return std::move(*this).value(); }
    T *operator->() { return std::get_if<0>(&held_); }
    /// The error; there must be no value.
    const wimwright::error &error() const { return *std::get_if<1>(&held_); }

private:
    std::variant<T, wimwright::error> held_;
};

/// Nothing, or an error.
template <> class result<void> {
public:
    result() = default;
    result(wimwright::error failure) : held_(std::move(failure)) {}

    bool has_value() const noexcept { return !held_; }
    explicit operator bool() const noexcept { return has_value(); }
    const wimwright::error &error() const { return *held_; }

private:
    std::optional<wimwright::error> held_;
};
#else
template <class T> using result = T;
#endif

/// One report of progress. Totals are 0 while unknown.
struct event {
    std::uint32_t phase;
    std::string_view item;
    std::uint64_t files_done, files_total, bytes_done, bytes_total;
};

/// Returns true to go on, false to cancel.
using progress = std::function<bool(const event &)>;

/// Takes a piece of contents; returns true to go on, false to stop.
using sink = std::function<bool(const void *data, std::size_t size)>;

/// Gives a piece of contents: writes at most `size` bytes to `data` and returns how many; 0 at the end, less to give up.
using source = std::function<std::int64_t(void *data, std::size_t size)>;

namespace detail {

/// A function of the caller's behind a C callback. Exceptions wait until the C function has returned.
template <class F> struct callback {
    const F *function;
    std::exception_ptr thrown;

    template <class... A> int call(A &&...arguments) noexcept {
#ifdef WIMWRIGHT_NO_EXCEPTIONS
        return (*function)(std::forward<A>(arguments)...) ? 0 : 1;
#else
        try {
            return (*function)(std::forward<A>(arguments)...) ? 0 : 1;
        } catch (...) {
            thrown = std::current_exception();
            return 1;
        }
#endif
    }

    void rethrow() const {
#ifndef WIMWRIGHT_NO_EXCEPTIONS
        if (thrown) std::rethrow_exception(thrown);
#endif
    }
};

inline int on_event(const ww_event *e, void *user) {
    event seen{e->phase, e->item ? std::string_view(e->item) : std::string_view(),
               e->files_done, e->files_total, e->bytes_done, e->bytes_total};
    return static_cast<callback<progress> *>(user)->call(seen);
}

inline int on_data(const void *data, std::size_t size, void *user) {
    return static_cast<callback<sink> *>(user)->call(data, size);
}

inline std::int64_t on_read(void *data, std::size_t size, void *user) {
    auto &giver = *static_cast<callback<source> *>(user);
    std::int64_t given = -1;
    const sink ask = [&](const void *, std::size_t) { return (given = (*giver.function)(data, size)) >= 0; };
    callback<sink> guarded{&ask, nullptr};
    int stopped = guarded.call(static_cast<const void *>(data), size);
    giver.thrown = guarded.thrown;
    return stopped ? -1 : given;
}

/// The caller's progress as C wants it.
class reports {
public:
    explicit reports(const progress &function)
        : callback_{&function, nullptr}, c_{sizeof c_, function ? on_event : nullptr, &callback_} {}
    reports(const reports &) = delete;
    reports &operator=(const reports &) = delete;

    const ww_progress *get() const { return &c_; }
    void rethrow() const { callback_.rethrow(); }

private:
    callback<progress> callback_;
    ww_progress c_;
};

inline error taken(std::uint32_t status, ww_error *e) {
    std::unique_ptr<ww_error, void (*)(ww_error *)> owned(e, ww_error_free);
    const char *path = ww_error_path(e), *message = ww_error_message(e);
    return error(status, ww_error_hresult(e), message ? message : "failed", path ? path : "");
}

/// A document that the library gave.
class text {
public:
    text() = default;
    text(const text &) = delete;
    text &operator=(const text &) = delete;
    ~text() { ww_string_free(c_); }
    char **out() { return &c_; }
    std::string get() const { return c_ ? std::string(c_) : std::string(); }

private:
    char *c_ = nullptr;
};

#ifdef WIMWRIGHT_NO_EXCEPTIONS
template <class T, class Make> result<T> finish(std::uint32_t status, ww_error *e, Make make) {
    if (status) return taken(status, e);
    return make();
}
inline result<void> finish(std::uint32_t status, ww_error *e) {
    if (status) return taken(status, e);
    return {};
}
#else
template <class T, class Make> T finish(std::uint32_t status, ww_error *e, Make make) {
    if (status) throw taken(status, e);
    return make();
}
inline void finish(std::uint32_t status, ww_error *e) {
    if (status) throw taken(status, e);
}
#endif

inline const char *or_null(const std::optional<std::string> &text) { return text ? text->c_str() : nullptr; }
inline const char *or_null(const std::string &text) { return text.empty() ? nullptr : text.c_str(); }

/// Strings as C takes them, for as long as they and this live.
inline std::vector<const char *> list(const std::vector<std::string> &texts) {
    std::vector<const char *> pointers;
    for (const std::string &text : texts) pointers.push_back(text.c_str());
    return pointers;
}

} // namespace detail

/// The library's version, for example 0.1.0.
inline std::string version() { return ww_version(); }

/// Whether the library has the ABI that this header was written for.
inline bool abi_matches() { return ww_abi_version() == WW_ABI_VERSION; }

/// A report of work that may have failed in part: the document is there in both cases.
struct report {
    /// The JSON document; empty when the work did not come to its end.
    std::string json;
    /// The first failure, if there was one.
    std::optional<error> failure;
};

/// How an export or optimize writes a file. The defaults keep everything as it is in the source.
struct export_options {
    std::uint32_t compression = WW_COMPRESSION_KEEP, compression_level = 0, chunk_size = 0;
    bool solid = false;
    std::uint32_t integrity = WW_CHOICE_KEEP;
    bool recompress = false, replace = false;
    std::uint32_t threads = 0;
    /// Of one image alone: what it is called in the destination.
    std::optional<std::string> name, description;
    /// Add the images to a destination that exists.
    bool append = false;
    /// Image files whose contents are left out: the new file is a delta, opened with them as its references.
    std::vector<std::string> delta_from;

    /// For as long as this and `bases` live.
    ww_export_options c(std::vector<const char *> &bases) const {
        bases = detail::list(delta_from);
        ww_export_options out{};
        out.struct_size = sizeof out;
        out.compression = compression;
        out.compression_level = compression_level;
        out.chunk_size = chunk_size;
        out.solid = solid;
        out.integrity = integrity;
        out.recompress = recompress;
        out.replace = replace;
        out.threads = threads;
        out.name = detail::or_null(name);
        out.description = detail::or_null(description);
        out.append = append;
        out.delta_from = bases.data();
        out.delta_count = bases.size();
        return out;
    }
};

/// How changes are written: in place unless there is an output.
struct commit_options {
    std::string output;
    std::uint64_t timestamp = 0;
    std::uint32_t compression_level = 0, threads = 0, integrity = WW_CHOICE_KEEP;

    ww_commit_options c() const {
        ww_commit_options out{};
        out.struct_size = sizeof out;
        out.output = detail::or_null(output);
        out.timestamp = timestamp;
        out.compression_level = compression_level;
        out.threads = threads;
        out.integrity = integrity;
        return out;
    }
};

/// What image::set sets; what is not given stays as it is.
struct image_properties {
    std::optional<std::string> name, description, edition, display_name, display_description;
    std::uint32_t boot = WW_CHOICE_KEEP;

    ww_image_properties c() const {
        ww_image_properties out{};
        out.struct_size = sizeof out;
        out.name = detail::or_null(name);
        out.description = detail::or_null(description);
        out.edition = detail::or_null(edition);
        out.display_name = detail::or_null(display_name);
        out.display_description = detail::or_null(display_description);
        out.boot = boot;
        return out;
    }
};

/// What a capture takes from a folder, and how it is written.
struct capture_options {
    image_properties properties;
    export_options packing;
    /// A configuration (exclusion list), and a metadata file that an extraction made; empty for none.
    std::string config, metadata;
    std::uint64_t timestamp = 0;
    bool no_exclusions = false;
    std::uint32_t fix_links = WW_CHOICE_KEEP;
    bool reproducible = false, dry_run = false, xattrs = false;
};

/// What image::extract_with writes, and how.
struct extract_options {
    std::vector<std::string> paths;
    std::uint32_t threads = 0;
    bool overwrite = false;
    /// A file that keeps what a folder cannot hold; empty for none.
    std::string metadata;
    bool xattrs = false, dry_run = false;
};

/// An image file, open for reading.
class image {
public:
    static result<image> open(const std::string &path) {
        ww_error *e = nullptr;
        ww_wim *c = nullptr;
        std::uint32_t status = ww_wim_open(path.c_str(), &c, &e);
        return detail::finish<image>(status, e, [&] { return image(c); });
    }

    /// With the files that a delta WIM takes its other contents from, and the other parts of a split set.
    static result<image> open(const std::string &path, const std::vector<std::string> &references,
                              const std::vector<std::string> &parts = {}) {
        std::vector<const char *> from = detail::list(references), more = detail::list(parts);
        ww_open_options options{sizeof options, from.data(), from.size(), more.data(), more.size()};
        ww_error *e = nullptr;
        ww_wim *c = nullptr;
        std::uint32_t status = ww_wim_open_with(path.c_str(), &options, &c, &e);
        return detail::finish<image>(status, e, [&] { return image(c); });
    }

    /// What `read` gives from its first byte to its last, as through a pipe. `name` is what messages call it.
    static result<image> open_pipe(const source &read, const std::string &name,
                                   const std::vector<std::string> &references = {}) {
        std::vector<const char *> from = detail::list(references);
        ww_open_options options{sizeof options, from.data(), from.size(), nullptr, 0};
        detail::callback<source> callback{&read, nullptr};
        ww_error *e = nullptr;
        ww_wim *c = nullptr;
        std::uint32_t status = ww_wim_open_pipe(detail::on_read, &callback, name.c_str(), &options, &c, &e);
        if (callback.thrown) ww_error_free(std::exchange(e, nullptr));
        callback.rethrow();
        return detail::finish<image>(status, e, [&] { return image(c); });
    }

    /// A folder as the first image of a new file. Gives the document of `wright capture`.
    static result<std::string> capture(const std::string &folder, const std::string &destination,
                                       const capture_options &options = {}, const progress &progress = {}) {
        return captured(options, [&](const ww_capture_options *c) {
            return work(progress, [&](const ww_progress *p, char **json, ww_error **e) {
                return ww_capture(folder.c_str(), destination.c_str(), c, p, json, e);
            });
        });
    }

    /// A folder as one more image of this file. Open it again afterwards. Gives the document of `wright append`.
    result<std::string> append(const std::string &folder, const capture_options &options = {},
                               const progress &progress = {}) const {
        return captured(options, [&](const ww_capture_options *c) {
            return work(progress, [&](const ww_progress *p, char **json, ww_error **e) {
                return ww_wim_append(c_.get(), folder.c_str(), c, p, json, e);
            });
        });
    }

    /// How many images it holds; they are numbered from 1.
    std::uint32_t count() const { return ww_wim_image_count(c_.get()); }

    /// The document of `wright info`.
    result<std::string> info() const {
        return document([&](char **json, ww_error **e) { return ww_wim_info(c_.get(), json, e); });
    }

    /// One property by its path in the XML data, for example NAME or WINDOWS/VERSION/BUILD.
    result<std::string> property(std::uint32_t index, const std::string &name) const {
        return document([&](char **value, ww_error **e) {
            return ww_wim_property(c_.get(), index, name.c_str(), value, e);
        });
    }

    /// The document of `wright ls`.
    result<std::string> list(std::uint32_t index, const std::string &path = {}, bool recursive = false) const {
        return document([&](char **json, ww_error **e) {
            return ww_wim_list(c_.get(), index, path.c_str(), recursive, json, e);
        });
    }

    /// The document of `wright packages`.
    result<std::string> packages(std::uint32_t index, bool all = false) const {
        return document([&](char **json, ww_error **e) {
            return ww_wim_packages(c_.get(), index, all, json, e);
        });
    }

    /// Hands the contents of a file, or of one of its streams, to `write`.
    result<void> read(std::uint32_t index, const std::string &path, const sink &write,
                      const std::string &stream = {}) const {
        detail::callback<sink> callback{&write, nullptr};
        ww_error *e = nullptr;
        std::uint32_t status = ww_wim_read(c_.get(), index, path.c_str(), detail::or_null(stream),
                                           detail::on_data, &callback, &e);
        if (callback.thrown) ww_error_free(std::exchange(e, nullptr));
        callback.rethrow();
        return detail::finish(status, e);
    }

    /// The contents of a file, or of one of its streams.
    result<std::string> read(std::uint32_t index, const std::string &path, const std::string &stream = {}) const {
        std::string out;
        sink keep = [&](const void *data, std::size_t size) {
            out.append(static_cast<const char *>(data), size);
            return true;
        };
#ifdef WIMWRIGHT_NO_EXCEPTIONS
        result<void> read_it = read(index, path, keep, stream);
        if (!read_it) return read_it.error();
#else
        read(index, path, keep, stream);
#endif
        return out;
    }

    /// Decodes and hashes everything. What is wrong with the file is in the report, not thrown.
    report verify(const progress &progress = {}, std::uint32_t threads = 0, bool skip_integrity = false) const {
        ww_verify_options options{sizeof options, threads, skip_integrity};
        return partial(progress, [&](const ww_progress *p, char **json, ww_error **e) {
            return ww_wim_verify(c_.get(), &options, p, json, e);
        });
    }

    /// Writes an image's files below `dest`. What could not be written is in the report, not thrown.
    report extract(std::uint32_t index, const std::string &dest, const std::vector<std::string> &paths = {},
                   bool overwrite = false, const progress &progress = {}, std::uint32_t threads = 0) const {
        extract_options options;
        options.paths = paths;
        options.overwrite = overwrite;
        options.threads = threads;
        return extract_with(index, dest, options, progress);
    }
    report extract_with(std::uint32_t index, const std::string &dest, const extract_options &asked,
                        const progress &progress = {}) const {
        std::vector<const char *> pointers = detail::list(asked.paths);
        ww_extract_options options{sizeof options,
                                   pointers.empty() ? nullptr : pointers.data(),
                                   pointers.size(),
                                   asked.threads,
                                   asked.overwrite,
                                   detail::or_null(asked.metadata),
                                   asked.xattrs,
                                   asked.dry_run};
        return partial(progress, [&](const ww_progress *p, char **json, ww_error **e) {
            return ww_wim_extract(c_.get(), index, dest.c_str(), &options, p, json, e);
        });
    }

    /// Images as a new file; all of them where `indexes` is empty. Gives the document of `wright export`.
    result<std::string> export_to(const std::string &destination, const std::vector<std::uint32_t> &indexes = {},
                                  const export_options &options = {}, const progress &progress = {}) const {
        std::vector<const char *> bases;
        ww_export_options c = options.c(bases);
        return work(progress, [&](const ww_progress *p, char **json, ww_error **e) {
            return ww_wim_export(c_.get(), indexes.empty() ? nullptr : indexes.data(), indexes.size(),
                                 destination.c_str(), &c, p, json, e);
        });
    }

    /// The file made anew without what nothing uses. Open it again afterwards.
    result<std::string> optimize(const export_options &options = {}, const progress &progress = {}) const {
        std::vector<const char *> bases;
        ww_export_options c = options.c(bases);
        return work(progress, [&](const ww_progress *p, char **json, ww_error **e) {
            return ww_wim_optimize(c_.get(), &c, p, json, e);
        });
    }

    /// The file as a set of files of at most `part_size` bytes.
    result<std::string> split(const std::string &first, std::uint64_t part_size, bool replace = false,
                              std::uint32_t integrity = WW_CHOICE_KEEP, const progress &progress = {}) const {
        ww_split_options options{sizeof options, integrity, replace, nullptr};
        return work(progress, [&](const ww_progress *p, char **json, ww_error **e) {
            return ww_wim_split(c_.get(), first.c_str(), part_size, &options, p, json, e);
        });
    }

    /// Takes images out. Open the file again afterwards.
    result<std::string> remove(const std::vector<std::uint32_t> &indexes, const commit_options &options = {},
                               const progress &progress = {}) const {
        ww_commit_options c = options.c();
        return work(progress, [&](const ww_progress *p, char **json, ww_error **e) {
            return ww_wim_delete(c_.get(), indexes.data(), indexes.size(), &c, p, json, e);
        });
    }

    /// Names an image, or makes it boot. Open the file again afterwards.
    result<std::string> set(std::uint32_t index, const image_properties &properties,
                            const commit_options &options = {}, const progress &progress = {}) const {
        ww_commit_options c = options.c();
        ww_image_properties asked = properties.c();
        return work(progress, [&](const ww_progress *p, char **json, ww_error **e) {
            return ww_wim_set(c_.get(), index, &asked, &c, p, json, e);
        });
    }

    /// What differs between an image of this and one of `after`: the document of `wright diff`.
    report diff(std::uint32_t index, const image &after, std::uint32_t after_index,
                const std::vector<std::string> &paths = {}, bool times = false, bool skip_registry = false,
                const progress &progress = {}) const {
        std::vector<const char *> pointers = detail::list(paths);
        ww_diff_options options{sizeof options, pointers.empty() ? nullptr : pointers.data(), pointers.size(), times,
                                skip_registry};
        return partial(progress, [&](const ww_progress *p, char **json, ww_error **e) {
            return ww_wim_diff(c_.get(), index, after.get(), after_index, &options, p, json, e);
        });
    }

    /// The C handle, still owned by this.
    ww_wim *get() const { return c_.get(); }

private:
    friend class overlay;
    friend class session;
    friend class mount;
    friend class media;
    friend class site;
    struct close {
        void operator()(ww_wim *c) const { ww_wim_close(c); }
    };
    explicit image(ww_wim *c) : c_(c) {}

    template <class Call> static result<std::string> document(Call call) {
        detail::text json;
        ww_error *e = nullptr;
        std::uint32_t status = call(json.out(), &e);
        return detail::finish<std::string>(status, e, [&] { return json.get(); });
    }

    template <class Call> static result<std::string> work(const progress &function, Call call) {
        detail::reports reports(function);
        detail::text json;
        ww_error *e = nullptr;
        std::uint32_t status = call(reports.get(), json.out(), &e);
        return detail::finish<std::string>(status, rethrown(reports, e), [&] { return json.get(); });
    }

    /// Calls with the options of a capture as C takes them.
    template <class Call> static result<std::string> captured(const capture_options &asked, Call call) {
        std::vector<const char *> bases;
        const ww_image_properties properties = asked.properties.c();
        const ww_export_options packing = asked.packing.c(bases);
        ww_capture_options options{};
        options.struct_size = sizeof options;
        options.properties = &properties;
        options.packing = &packing;
        options.config = detail::or_null(asked.config);
        options.metadata = detail::or_null(asked.metadata);
        options.timestamp = asked.timestamp;
        options.no_exclusions = asked.no_exclusions;
        options.fix_links = asked.fix_links;
        options.reproducible = asked.reproducible;
        options.dry_run = asked.dry_run;
        options.xattrs = asked.xattrs;
        return call(&options);
    }

    template <class Call> static report partial(const progress &function, Call call) {
        detail::reports reports(function);
        detail::text json;
        ww_error *e = nullptr;
        std::uint32_t status = call(reports.get(), json.out(), &e);
        e = rethrown(reports, e);
        report out{json.get(), std::nullopt};
        if (status) out.failure = detail::taken(status, e);
        return out;
    }

    /// An exception of the caller's own goes before the error that it led to.
    static ww_error *rethrown(const detail::reports &reports, ww_error *e) {
        std::unique_ptr<ww_error, void (*)(ww_error *)> owned(e, ww_error_free);
        reports.rethrow();
        return owned.release();
    }

    std::unique_ptr<ww_wim, close> c_;
};

/// One image and the changes made to it, kept in memory until commit.
class overlay {
public:
    static result<overlay> open(const image &wim, std::uint32_t index) {
        ww_error *e = nullptr;
        ww_overlay *c = nullptr;
        std::uint32_t status = ww_overlay_open(wim.get(), index, &c, &e);
        return detail::finish<overlay>(status, e, [&] { return overlay(c); });
    }

    result<void> put_file(const std::string &path, const std::string &file, const std::string &stream = {}) {
        return call(ww_overlay_put_file, path.c_str(), detail::or_null(stream), file.c_str());
    }
    result<void> put(const std::string &path, std::string_view bytes, const std::string &stream = {}) {
        return call(ww_overlay_put_bytes, path.c_str(), detail::or_null(stream),
                    static_cast<const void *>(bytes.data()), bytes.size());
    }
    result<void> remove(const std::string &path) { return call(ww_overlay_remove, path.c_str()); }
    result<void> rename(const std::string &path, const std::string &new_path) {
        return call(ww_overlay_rename, path.c_str(), new_path.c_str());
    }
    result<void> hard_link(const std::string &path, const std::string &new_path) {
        return call(ww_overlay_hard_link, path.c_str(), new_path.c_str());
    }
    result<void> mkdir(const std::string &path) { return call(ww_overlay_mkdir, path.c_str()); }
    result<void> set_attributes(const std::string &path, std::uint32_t attributes) {
        return call(ww_overlay_set_attributes, path.c_str(), attributes);
    }
    /// In 100 ns since 1601; 0 leaves one as it is.
    result<void> set_times(const std::string &path, std::uint64_t created, std::uint64_t accessed,
                           std::uint64_t written) {
        return call(ww_overlay_set_times, path.c_str(), created, accessed, written);
    }
    /// A self-relative descriptor; an empty one takes it away.
    result<void> set_security(const std::string &path, std::string_view descriptor) {
        return call(ww_overlay_set_security, path.c_str(), static_cast<const void *>(descriptor.data()),
                    descriptor.size());
    }
    result<void> set_short_name(const std::string &path, const std::string &short_name) {
        return call(ww_overlay_set_short_name, path.c_str(), detail::or_null(short_name));
    }
    /// The time that new files get; 0 for the time of each call.
    result<void> set_clock(std::uint64_t time) { return call(ww_overlay_set_clock, time); }

    result<std::string> list(const std::string &path = {}, bool recursive = false) const {
        return image::document([&](char **json, ww_error **e) {
            return ww_overlay_list(c_.get(), path.c_str(), recursive, json, e);
        });
    }
    /// Hands the contents of a file, as the changes leave it, to `write`.
    result<void> read(const std::string &path, const sink &write, const std::string &stream = {}) const {
        detail::callback<sink> callback{&write, nullptr};
        ww_error *e = nullptr;
        std::uint32_t status =
            ww_overlay_read(c_.get(), path.c_str(), detail::or_null(stream), detail::on_data, &callback, &e);
        if (callback.thrown) ww_error_free(std::exchange(e, nullptr));
        callback.rethrow();
        return detail::finish(status, e);
    }
    /// Hands the security descriptor of an entry to `write`; of one that has none, nothing.
    result<void> security(const std::string &path, const sink &write) const {
        detail::callback<sink> callback{&write, nullptr};
        ww_error *e = nullptr;
        std::uint32_t status = ww_overlay_security(c_.get(), path.c_str(), detail::on_data, &callback, &e);
        if (callback.thrown) ww_error_free(std::exchange(e, nullptr));
        callback.rethrow();
        return detail::finish(status, e);
    }
    result<std::string> changes() const {
        return image::document([&](char **json, ww_error **e) { return ww_overlay_changes(c_.get(), json, e); });
    }

    /// Writes the changes of many overlays of one file at once.
    static result<std::string> commit(const std::vector<const overlay *> &overlays,
                                      const commit_options &options = {}, const progress &progress = {}) {
        std::vector<const ww_overlay *> pointers;
        for (const overlay *one : overlays) pointers.push_back(one->c_.get());
        ww_commit_options c = options.c();
        return image::work(progress, [&](const ww_progress *p, char **json, ww_error **e) {
            return ww_overlay_commit(pointers.data(), pointers.size(), &c, p, json, e);
        });
    }
    result<std::string> commit(const commit_options &options = {}, const progress &progress = {}) const {
        return commit({this}, options, progress);
    }

    /// The C handle, still owned by this.
    ww_overlay *get() const { return c_.get(); }

private:
    struct close {
        void operator()(ww_overlay *c) const { ww_overlay_close(c); }
    };
    explicit overlay(ww_overlay *c) : c_(c) {}

    template <class F, class... A> result<void> call(F function, A... arguments) {
        ww_error *e = nullptr;
        std::uint32_t status = function(c_.get(), arguments..., &e);
        return detail::finish(status, e);
    }

    std::unique_ptr<ww_overlay, close> c_;
};

/// How a session services an image.
struct session_options {
    std::uint32_t level = WW_LEVEL_STAGE, delivery = WW_DELIVERY_BY_FORM;
    bool continue_on_error = false, dry_run = false, force_undecided = false, accept_partial = false;
    std::string output, temporary;
    std::vector<std::uint32_t> indexes;
    std::uint32_t compression_level = 0, threads = 0;
    /// Image files that a delta WIM takes its other contents from.
    std::vector<std::string> references;
    /// A file that the commit writes the receipt to; empty for none.
    std::string receipt;
    /// Take updates also whose signature is broken.
    bool allow_broken_signature = false;
};

/// How session::unstage works.
struct unstage_options {
    std::string output, temporary;
    std::vector<std::uint32_t> indexes;
    bool dry_run = false;
    std::vector<std::string> references;
};

/// A servicing run over one image file.
class session {
public:
    static result<session> open(const std::string &path, const session_options &options = {}) {
        ww_session_options asked{};
        asked.struct_size = sizeof asked;
        asked.level = options.level;
        asked.delivery = options.delivery;
        asked.continue_on_error = options.continue_on_error;
        asked.output = detail::or_null(options.output);
        asked.temporary = detail::or_null(options.temporary);
        asked.indexes = options.indexes.empty() ? nullptr : options.indexes.data();
        asked.index_count = options.indexes.size();
        asked.compression_level = options.compression_level;
        asked.dry_run = options.dry_run;
        asked.threads = options.threads;
        asked.force_undecided = options.force_undecided;
        asked.accept_partial = options.accept_partial;
        std::vector<const char *> references = detail::list(options.references);
        asked.references = references.data();
        asked.reference_count = references.size();
        asked.receipt = detail::or_null(options.receipt);
        asked.allow_broken_signature = options.allow_broken_signature;
        ww_error *e = nullptr;
        ww_session *c = nullptr;
        std::uint32_t status = ww_session_open(path.c_str(), &asked, &c, &e);
        return detail::finish<session>(status, e, [&] { return session(c); });
    }

    /// Decodes and verifies an update, or every update in a folder.
    result<void> add_update(const std::string &path, const progress &function = {}) {
        detail::reports reports(function);
        ww_error *e = nullptr;
        std::uint32_t status = ww_session_add_update(c_.get(), path.c_str(), reports.get(), &e);
        return detail::finish(status, image::rethrown(reports, e));
    }

    /// The document of `wright plan`.
    result<std::string> plan() const {
        return image::document([&](char **json, ww_error **e) { return ww_session_plan(c_.get(), json, e); });
    }

    /// Lays everything that applies into every chosen index and writes the image once.
    result<void> commit(const progress &function = {}) {
        detail::reports reports(function);
        ww_error *e = nullptr;
        std::uint32_t status = ww_session_commit(c_.get(), reports.get(), &e);
        return detail::finish(status, image::rethrown(reports, e));
    }

    /// The receipt of the last commit.
    result<std::string> receipt() const {
        return image::document([&](char **json, ww_error **e) { return ww_session_receipt(c_.get(), json, e); });
    }

    /// Takes out of an image file what the run staged whose receipt (the document itself) this is. Gives the document of
    /// `wright unstage`.
    static result<std::string> unstage(const std::string &path, const std::string &receipt,
                                       const unstage_options &options = {}, const progress &progress = {}) {
        std::vector<const char *> references = detail::list(options.references);
        ww_unstage_options asked{};
        asked.struct_size = sizeof asked;
        asked.output = detail::or_null(options.output);
        asked.temporary = detail::or_null(options.temporary);
        asked.indexes = options.indexes.empty() ? nullptr : options.indexes.data();
        asked.index_count = options.indexes.size();
        asked.dry_run = options.dry_run;
        asked.references = references.data();
        asked.reference_count = references.size();
        return image::work(progress, [&](const ww_progress *p, char **json, ww_error **e) {
            return ww_unstage(path.c_str(), receipt.c_str(), &asked, p, json, e);
        });
    }

private:
    struct close {
        void operator()(ww_session *c) const { ww_session_close(c); }
    };
    explicit session(ww_session *c) : c_(c) {}

    std::unique_ptr<ww_session, close> c_;
};

/// How an image is mounted.
struct mount_options {
    /// The folder that takes the changes; empty for one of the user's own.
    std::string overlay;
    bool read_write = false, allow_other = false;
    std::uint32_t threads = 0;
    std::vector<std::string> references;
};

/// An image that this process serves as a folder; Linux only. What is not ended goes with its changes kept.
class mount {
public:
    static result<mount> open(const std::string &path, std::uint32_t index, const std::string &folder,
                              const mount_options &options = {}) {
        std::vector<const char *> references = detail::list(options.references);
        ww_mount_options asked{};
        asked.struct_size = sizeof asked;
        asked.overlay = detail::or_null(options.overlay);
        asked.read_write = options.read_write;
        asked.allow_other = options.allow_other;
        asked.threads = options.threads;
        asked.references = references.data();
        asked.reference_count = references.size();
        ww_error *e = nullptr;
        ww_mount *c = nullptr;
        std::uint32_t status = ww_mount_open(path.c_str(), index, folder.c_str(), &asked, &c, &e);
        return detail::finish<mount>(status, e, [&] { return mount(c); });
    }

    /// Whether it is mounted still; someone else may have unmounted it.
    bool is_mounted() const noexcept { return ww_mount_is_mounted(c_.get()) != 0; }

    /// Waits until someone else unmounts it. What was changed is kept.
    result<void> wait() {
        ww_error *e = nullptr;
        std::uint32_t status = ww_mount_wait(c_.get(), &e);
        return detail::finish(status, e);
    }

    /// Unmounts it; `ending` is a WW_ENDING_... number. Gives the document of `wright unmount`.
    result<std::string> end(std::uint32_t ending, const commit_options &options = {}, const progress &progress = {}) {
        ww_commit_options c = options.c();
        return image::work(progress, [&](const ww_progress *p, char **json, ww_error **e) {
            return ww_mount_end(c_.get(), ending, &c, p, json, e);
        });
    }

    /// The same for a mount of any process of this user, by its folder.
    static result<std::string> unmount(const std::string &folder, std::uint32_t ending,
                                       const commit_options &options = {}, const progress &progress = {}) {
        ww_commit_options c = options.c();
        return image::work(progress, [&](const ww_progress *p, char **json, ww_error **e) {
            return ww_unmount(folder.c_str(), ending, &c, p, json, e);
        });
    }

    /// The document of `wright mounts`; with `recover`, what crashes left is cleaned up first.
    static result<std::string> list(bool recover = false) {
        return image::document([&](char **json, ww_error **e) { return ww_mounts(recover, json, e); });
    }

private:
    struct close {
        void operator()(ww_mount *c) const { ww_mount_close(c); }
    };
    explicit mount(ww_mount *c) : c_(c) {}

    std::unique_ptr<ww_mount, close> c_;
};

/// What media::refresh brings a medium up to date with, and how. An update that is empty is not given.
struct refresh_options {
    std::string cumulative, safe_os, setup, dotnet;
    /// The indexes of the install image; empty for all.
    std::vector<std::uint32_t> indexes;
    std::string receipts, iso, label;
    std::uint32_t level = WW_LEVEL_STAGE;
    bool continue_on_error = false, accept_partial = false, force_undecided = false, dry_run = false;
    bool no_hard_links = false, allow_broken_signature = false;
};

/// Media of Windows Setup.
class media {
public:
    /// Brings a medium up to date into a new folder. What was left out under continue_on_error is in the report, with the
    /// document of `wright media refresh`; a report without a document is of work that wrote nothing.
    static report refresh(const std::string &medium, const std::string &out, const refresh_options &options,
                          const progress &progress = {}) {
        ww_refresh_options asked{};
        asked.struct_size = sizeof asked;
        asked.cumulative = detail::or_null(options.cumulative);
        asked.safe_os = detail::or_null(options.safe_os);
        asked.setup = detail::or_null(options.setup);
        asked.dotnet = detail::or_null(options.dotnet);
        asked.indexes = options.indexes.empty() ? nullptr : options.indexes.data();
        asked.index_count = options.indexes.size();
        asked.receipts = detail::or_null(options.receipts);
        asked.iso = detail::or_null(options.iso);
        asked.label = detail::or_null(options.label);
        asked.level = options.level;
        asked.continue_on_error = options.continue_on_error;
        asked.accept_partial = options.accept_partial;
        asked.force_undecided = options.force_undecided;
        asked.dry_run = options.dry_run;
        asked.no_hard_links = options.no_hard_links;
        asked.allow_broken_signature = options.allow_broken_signature;
        return image::partial(progress, [&](const ww_progress *p, char **json, ww_error **e) {
            return ww_media_refresh(medium.c_str(), out.c_str(), &asked, p, json, e);
        });
    }
};

/// The document of `wright inspect` of an update file.
inline result<std::string> inspect(const std::string &path) {
    detail::text json;
    ww_error *e = nullptr;
    std::uint32_t status = ww_update_inspect(path.c_str(), json.out(), &e);
    return detail::finish<std::string>(status, e, [&] { return json.get(); });
}

/// Writes every file of an update below `dest`. What failed is in the report, not thrown.
inline report unpack(const std::string &source, const std::string &dest, const progress &function = {},
                     bool keep_deltas = false, const std::string &dictionary = {}, bool decode_manifests = false,
                     bool dry_run = false) {
    ww_unpack_options options{sizeof options, keep_deltas, decode_manifests, detail::or_null(dictionary), dry_run, 0};
    detail::reports reports(function);
    detail::text json;
    ww_error *e = nullptr;
    std::uint32_t status = ww_update_unpack(source.c_str(), dest.c_str(), &options, reports.get(), json.out(), &e);
    std::unique_ptr<ww_error, void (*)(ww_error *)> owned(e, ww_error_free);
    reports.rethrow();
    report out{json.get(), std::nullopt};
    if (status) out.failure = detail::taken(status, owned.release());
    return out;
}

#ifndef WW_NO_SITE

/// How site::add_schedule sets up a schedule. With neither `at` nor `cron` it is due at once.
struct schedule_options {
    std::uint32_t selection = WW_SELECTION_UPDATES, level = WW_LEVEL_STAGE;
    std::vector<std::string> updates;
    std::string at, cron, zone;
    bool continue_on_error = false, update_distribution_points = false, remove_superseded = false;
    bool accept_partial = false, force_undecided = false;
};

/// A distribution point for site::add_point.
struct point_options {
    std::string name, url, endpoint, region, credentials;
    bool allow_http = false;
};

/// What site::set_package changes; what is not given stays as it is.
struct package_changes {
    std::optional<std::string> name, version, comment, source;
    std::uint32_t keep = 0;
};

/// Upgrade packages: the folder that keeps them. Results are the documents of `wright site ... --json`.
class site {
public:
    /// Makes a site in an empty folder, and opens it.
    static result<site> init(const std::string &path) { return make(ww_site_init, path); }
    static result<site> open(const std::string &path) { return make(ww_site_open, path); }

    result<std::string> info() const { return ask(ww_site_info); }
    report verify(const progress &progress = {}) const { return found(progress, ww_site_verify); }
    result<std::string> write_report(const std::string &file) const { return ask(ww_site_report, file.c_str()); }
    result<std::string> receipt(std::uint64_t run) const { return ask(ww_site_receipt, run); }

    result<std::string> add_package(const std::string &source, const std::string &name,
                                    const std::string &version = {}, const std::string &comment = {},
                                    std::uint32_t index = 0, const progress &progress = {}) const {
        ww_site_add_options options{sizeof options, name.c_str(), detail::or_null(version), detail::or_null(comment),
                                    index, 0};
        return act(progress, ww_site_package_add, source.c_str(), &options);
    }
    result<std::string> packages() const { return ask(ww_site_package_list); }
    result<std::string> package(const std::string &package, bool installed = false) const {
        return ask(ww_site_package_show, package.c_str(), std::uint32_t(installed));
    }
    result<std::string> reload_package(const std::string &package, const progress &progress = {}) const {
        return act(progress, ww_site_package_reload, package.c_str());
    }
    result<std::string> set_package(const std::string &package, const package_changes &changes) const {
        ww_site_set_options options{sizeof options, detail::or_null(changes.name), detail::or_null(changes.version),
                                    detail::or_null(changes.comment), detail::or_null(changes.source), changes.keep, 0};
        return ask(ww_site_package_set, package.c_str(), &options);
    }
    /// 0 for the version before the published one.
    result<std::string> rollback_package(const std::string &package, std::uint32_t version = 0) const {
        return ask(ww_site_package_rollback, package.c_str(), version);
    }
    report check_package(const std::string &package, const progress &progress = {}) const {
        return found(progress, ww_site_package_check, package.c_str());
    }
    result<std::string> remove_package(const std::string &package) const {
        return ask(ww_site_package_remove, package.c_str());
    }

    /// An update whose signature is broken is not imported, unless it is allowed.
    report import_updates(const std::vector<std::string> &paths, const progress &progress = {},
                          bool allow_broken_signature = false) const {
        std::vector<const char *> pointers = detail::list(paths);
        return found(progress, ww_site_update_import, pointers.data(), pointers.size(),
                     std::uint32_t{allow_broken_signature});
    }
    /// Empty for every update; else those that are offered to this package.
    result<std::string> updates(const std::string &package = {}, const progress &progress = {}) const {
        return act(progress, ww_site_update_list, detail::or_null(package));
    }
    /// The document of `wright inspect` that was made of an update when it was imported.
    result<std::string> inspection(const std::string &update) const {
        return ask(ww_site_update_inspection, update.c_str());
    }
    result<std::string> remove_update(const std::string &update) const {
        return ask(ww_site_update_remove, update.c_str());
    }
    result<std::string> offer(const std::string &package, const progress &progress = {}) const {
        return act(progress, ww_site_offer, package.c_str());
    }
    /// 0 for all indexes.
    result<std::string> status(const std::string &package, std::uint32_t index = 0) const {
        return ask(ww_site_status, package.c_str(), index);
    }

    result<std::string> add_schedule(const std::string &package, const schedule_options &schedule) const {
        std::vector<const char *> updates = detail::list(schedule.updates);
        ww_schedule_options options{};
        options.struct_size = sizeof options;
        options.updates = updates.data();
        options.update_count = updates.size();
        options.at = detail::or_null(schedule.at);
        options.cron = detail::or_null(schedule.cron);
        options.zone = detail::or_null(schedule.zone);
        options.selection = schedule.selection;
        options.level = schedule.level;
        options.continue_on_error = schedule.continue_on_error;
        options.update_distribution_points = schedule.update_distribution_points;
        options.remove_superseded = schedule.remove_superseded;
        options.accept_partial = schedule.accept_partial;
        options.force_undecided = schedule.force_undecided;
        return ask(ww_site_schedule_add, package.c_str(), &options);
    }
    result<std::string> schedules() const { return ask(ww_site_schedule_list); }
    result<std::string> cancel_schedule(std::uint64_t schedule) const { return ask(ww_site_schedule_cancel, schedule); }
    /// A run that failed is in the report, not thrown.
    report run(std::uint32_t mode = WW_RUN_MODE_DUE, const progress &progress = {}) const {
        return found(progress, ww_site_run, mode);
    }
    result<std::string> history(const std::string &package) const { return ask(ww_site_history, package.c_str()); }

    result<std::string> add_point(const point_options &point) const {
        ww_point_options options{sizeof options, point.name.c_str(), point.url.c_str(), detail::or_null(point.endpoint),
                                 detail::or_null(point.region), detail::or_null(point.credentials), point.allow_http, 0};
        return ask(ww_site_point_add, &options);
    }
    result<std::string> points() const { return ask(ww_site_point_list); }
    /// Empty for every package.
    result<std::string> distributions(const std::string &package = {}) const {
        return ask(ww_site_point_status, detail::or_null(package));
    }
    result<std::string> remove_point(const std::string &name, bool abandon = false) const {
        return ask(ww_site_point_remove, name.c_str(), std::uint32_t(abandon));
    }
    /// Points that are not named are those that have the package. What failed is in the report, not thrown.
    report distribute(const std::string &package, const std::vector<std::string> &points = {},
                      const progress &progress = {}) const {
        return on(progress, ww_site_distribute, package, points);
    }
    report redistribute(const std::string &package, const std::vector<std::string> &points = {},
                        const progress &progress = {}) const {
        return on(progress, ww_site_redistribute, package, points);
    }
    report withdraw(const std::string &package, const std::vector<std::string> &points = {},
                    const progress &progress = {}) const {
        return on(progress, ww_site_withdraw, package, points);
    }
    report validate(const std::string &package, const std::vector<std::string> &points = {},
                    const progress &progress = {}) const {
        return on(progress, ww_site_validate, package, points);
    }
    result<std::string> export_prestaged(const std::vector<std::string> &packages, const std::string &file,
                                         const progress &progress = {}) const {
        std::vector<const char *> pointers = detail::list(packages);
        return act(progress, ww_site_prestage_export, pointers.data(), pointers.size(), file.c_str());
    }
    /// Signed with the private key in this file (Ed25519, PEM).
    result<std::string> export_prestaged_signed(const std::vector<std::string> &packages, const std::string &file,
                                                const std::string &sign_key, const progress &progress = {}) const {
        std::vector<const char *> pointers = detail::list(packages);
        return act(progress, ww_site_prestage_export_signed, pointers.data(), pointers.size(), file.c_str(),
                   sign_key.c_str());
    }
    result<std::string> import_prestaged(const std::string &file, const std::string &point,
                                         const progress &progress = {}) const {
        return act(progress, ww_site_prestage_import, file.c_str(), point.c_str());
    }
    /// Refused, unless it was signed with the private half of the public key in this file.
    result<std::string> import_prestaged_signed(const std::string &file, const std::string &point,
                                                const std::string &verify_key, const progress &progress = {}) const {
        return act(progress, ww_site_prestage_import_signed, file.c_str(), point.c_str(), verify_key.c_str());
    }
    /// Without a site: into the folder of a distribution point.
    static result<std::string> unpack_prestaged(const std::string &file, const std::string &folder,
                                                const progress &progress = {}) {
        return image::work(progress, [&](const ww_progress *p, char **json, ww_error **e) {
            return ww_site_prestage_unpack(file.c_str(), folder.c_str(), p, json, e);
        });
    }
    static result<std::string> unpack_prestaged_signed(const std::string &file, const std::string &folder,
                                                       const std::string &verify_key, const progress &progress = {}) {
        return image::work(progress, [&](const ww_progress *p, char **json, ww_error **e) {
            return ww_site_prestage_unpack_signed(file.c_str(), folder.c_str(), verify_key.c_str(), p, json, e);
        });
    }

    /// The C handle, still owned by this.
    ww_site *get() const { return c_.get(); }

private:
    struct close {
        void operator()(ww_site *c) const { ww_site_close(c); }
    };
    explicit site(ww_site *c) : c_(c) {}

    template <class F> static result<site> make(F function, const std::string &path) {
        ww_error *e = nullptr;
        ww_site *c = nullptr;
        std::uint32_t status = function(path.c_str(), &c, &e);
        return detail::finish<site>(status, e, [&] { return site(c); });
    }

    template <class F, class... A> result<std::string> ask(F function, A... arguments) const {
        return image::document([&](char **json, ww_error **e) { return function(c_.get(), arguments..., json, e); });
    }
    template <class F, class... A> result<std::string> act(const progress &progress, F function, A... arguments) const {
        return image::work(progress, [&](const ww_progress *p, char **json, ww_error **e) {
            return function(c_.get(), arguments..., p, json, e);
        });
    }
    template <class F, class... A> report found(const progress &progress, F function, A... arguments) const {
        return image::partial(progress, [&](const ww_progress *p, char **json, ww_error **e) {
            return function(c_.get(), arguments..., p, json, e);
        });
    }
    template <class F>
    report on(const progress &progress, F function, const std::string &package,
              const std::vector<std::string> &points) const {
        std::vector<const char *> pointers = detail::list(points);
        return found(progress, function, package.c_str(), pointers.data(), pointers.size());
    }

    std::unique_ptr<ww_site, close> c_;
};

#endif // WW_NO_SITE

} // namespace wimwright

#endif
