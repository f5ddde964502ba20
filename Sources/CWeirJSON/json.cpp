// The simdjson side: On-Demand parsing of one record at a time; no exception leaves this file.

#include "CWeirJSON.h"

#include <cstring>
#include <simdjson.h>
#include <string>
#include <unordered_map>
#include <vector>

using namespace simdjson;

struct weir_json_parser {
    ondemand::parser parser;
    std::vector<std::string> names;
    std::unordered_map<std::string, size_t> index;
};

extern "C" weir_json_parser *weir_json_create(void) {
    try {
        return new weir_json_parser();
    } catch (...) {
        return nullptr;
    }
}

extern "C" void weir_json_destroy(weir_json_parser *parser) { delete parser; }

extern "C" void weir_json_set_fields(weir_json_parser *parser, const char *const *names,
                                     const size_t *lengths, size_t count) {
    parser->names.clear();
    parser->index.clear();
    for (size_t i = 0; i < count; i++) {
        parser->names.emplace_back(names[i], lengths[i]);
        parser->index[parser->names.back()] = i;
    }
}

namespace {

bool put(std::string_view text, char *arena, size_t size, size_t *used, uint32_t *start,
         uint32_t *end) {
    if (*used + text.size() > size) return false;
    std::memcpy(arena + *used, text.data(), text.size());
    *start = static_cast<uint32_t>(*used);
    *used += text.size();
    *end = static_cast<uint32_t>(*used);
    return true;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
    return text;
}

const char *read_value(ondemand::value value, char *arena, size_t size, size_t *used,
                       uint8_t *kind, uint32_t *start, uint32_t *end) {
    ondemand::json_type type;
    if (value.type().get(type)) return "a value is not JSON";
    switch (type) {
    case ondemand::json_type::null: {
        if (trimmed(value.raw_json_token()) != "null") return "a value is not JSON";
        *kind = WEIR_JSON_NULL;
        return nullptr;
    }
    case ondemand::json_type::string: {
        std::string_view text;
        if (value.get_string().get(text)) return "a string is broken";
        *kind = WEIR_JSON_STRING;
        return put(text, arena, size, used, start, end) ? nullptr : "the record is too large";
    }
    case ondemand::json_type::number: {
        std::string_view token = trimmed(value.raw_json_token());
        *kind = WEIR_JSON_SCALAR;
        return put(token, arena, size, used, start, end) ? nullptr : "the record is too large";
    }
    case ondemand::json_type::boolean: {
        bool flag;
        if (value.get_bool().get(flag)) return "a value is not JSON";
        *kind = WEIR_JSON_SCALAR;
        return put(flag ? "true" : "false", arena, size, used, start, end)
                   ? nullptr
                   : "the record is too large";
    }
    default: {
        std::string_view raw;
        if (simdjson::to_json_string(value).get(raw)) return "a nested value is broken";
        *kind = WEIR_JSON_NESTED;
        return put(trimmed(raw), arena, size, used, start, end) ? nullptr
                                                                : "the record is too large";
    }
    }
}

const char *read_record(weir_json_parser *p, const char *record, size_t length, char *arena,
                        size_t size, size_t *used, uint8_t *kinds, uint32_t *starts,
                        uint32_t *ends) {
    ondemand::document document;
    if (p->parser.iterate(record, length, length + SIMDJSON_PADDING).get(document))
        return "the record is not valid JSON";
    ondemand::object object;
    if (document.get_object().get(object)) return "the record is not a JSON object";
    size_t expected = 0;
    for (auto field_result : object) {
        ondemand::field field;
        if (std::move(field_result).get(field)) return "the record is not valid JSON";
        std::string_view key;
        if (field.unescaped_key().get(key)) return "a field name is broken";
        size_t column;
        if (expected < p->names.size() && p->names[expected] == key) {
            column = expected;
        } else {
            auto found = p->index.find(std::string(key));
            if (found == p->index.end()) continue;
            column = found->second;
        }
        expected = column + 1;
        const char *problem = read_value(field.value(), arena, size, used, &kinds[column],
                                         &starts[column], &ends[column]);
        if (problem) return problem;
    }
    const char *rest;
    if (!document.current_location().get(rest)) {
        for (; rest < record + length; rest++)
            if (static_cast<unsigned char>(*rest) > ' ')
                return "there is something after the JSON object";
    }
    return nullptr;
}

} // namespace

extern "C" const char *weir_json_read(weir_json_parser *p, const char *record, size_t length,
                                      char *arena, size_t arena_size, size_t *arena_used,
                                      uint8_t *kinds, uint32_t *starts, uint32_t *ends) {
    std::memset(kinds, WEIR_JSON_MISSING, p->names.size());
    try {
        return read_record(p, record, length, arena, arena_size, arena_used, kinds, starts, ends);
    } catch (...) {
        return "the record is not valid JSON";
    }
}

namespace {

struct event_writer {
    char *out;
    size_t size;
    size_t used = 0;

    bool put(char kind) {
        if (used + 1 > size) return false;
        out[used++] = kind;
        return true;
    }

    bool put(char kind, std::string_view text) {
        if (used + 5 + text.size() > size || !put(kind)) return false;
        for (int shift = 0; shift < 32; shift += 8)
            out[used++] = static_cast<char>((text.size() >> shift) & 0xFF);
        std::memcpy(out + used, text.data(), text.size());
        used += text.size();
        return true;
    }
};

/// Longer strings are no times.
constexpr size_t string_sample = 40;
constexpr int maximum_depth = 64;

bool write_value(ondemand::value value, event_writer &events, int depth);

bool write_object(ondemand::object object, event_writer &events, int depth) {
    if (depth > maximum_depth || !events.put('{')) return false;
    for (auto field_result : object) {
        ondemand::field field;
        std::string_view key;
        if (std::move(field_result).get(field) || field.unescaped_key().get(key)) return false;
        if (!events.put('k', key) || !write_value(field.value(), events, depth)) return false;
    }
    return events.put('}');
}

bool write_value(ondemand::value value, event_writer &events, int depth) {
    ondemand::json_type type;
    if (value.type().get(type)) return false;
    switch (type) {
    case ondemand::json_type::null: return events.put('z');
    case ondemand::json_type::boolean: {
        bool flag;
        return !value.get_bool().get(flag) && events.put('b');
    }
    case ondemand::json_type::number: {
        ondemand::number number;
        if (value.get_number().get(number)) {
            // More digits than fit: a number all the same.
            return events.put('d');
        }
        return events.put(number.is_int64() ? 'i' : 'd');
    }
    case ondemand::json_type::string: {
        std::string_view text;
        if (value.get_string().get(text)) return false;
        return events.put('s', text.substr(0, string_sample));
    }
    case ondemand::json_type::array: {
        ondemand::array array;
        if (depth > maximum_depth || value.get_array().get(array) || !events.put('['))
            return false;
        for (auto item : array) {
            ondemand::value element;
            if (std::move(item).get(element) || !write_value(element, events, depth + 1))
                return false;
        }
        return events.put(']');
    }
    case ondemand::json_type::object: {
        ondemand::object object;
        if (value.get_object().get(object)) return false;
        return write_object(object, events, depth + 1);
    }
    default: return false;
    }
}

} // namespace

extern "C" ptrdiff_t weir_json_events(weir_json_parser *p, const char *record, size_t length,
                                      char *out, size_t out_size) {
    try {
        ondemand::document document;
        ondemand::object object;
        event_writer events{out, out_size};
        if (p->parser.iterate(record, length, length + SIMDJSON_PADDING).get(document)) return -1;
        if (document.get_object().get(object)) return -1;
        return write_object(object, events, 0) ? static_cast<ptrdiff_t>(events.used) : -1;
    } catch (...) {
        return -1;
    }
}
