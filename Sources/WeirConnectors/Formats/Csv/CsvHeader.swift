// The first line of a csv file.

enum CsvHeader {
    /// The names in a line without its break; a name in quotes may hold the delimiter, and quotes
    /// that are doubled (RFC 4180).
    static func names(_ line: some Sequence<UInt8>, delimiter: UInt8, quote: UInt8) -> [String] {
        var names: [String] = []
        var name: [UInt8] = []
        var isQuoted = false
        var wasQuote = false
        for byte in line {
            if quote != 0, byte == quote {
                if isQuoted {
                    isQuoted = false
                    wasQuote = true
                } else {
                    if wasQuote { name.append(byte) }
                    isQuoted = wasQuote || name.isEmpty
                    if !isQuoted { name.append(byte) }
                    wasQuote = false
                }
                continue
            }
            wasQuote = false
            if byte == delimiter, !isQuoted {
                names.append(String(decoding: name, as: UTF8.self))
                name = []
            } else {
                name.append(byte)
            }
        }
        return names + [String(decoding: name, as: UTF8.self)]
    }
}
