// Message digests (Flink: hash functions), by OpenSSL.

import CWeirHash
import WeirColumnar

/// The list of these functions.
enum HashFunctions {
    static let all: [ScalarFunction] = [
        digest("MD5", "57c6838eabf401f73f6dd50093408e33"),
        digest("SHA1", "73359e52b959cf85f75158a9bf78501ee2c9f529"),
        digest("SHA224", "53d24f46f7e89becb4b88303bcc754472c4e2b62e6d7ba144fa7744d"),
        digest("SHA256", "9e1bd4e58bdc27cb9abf4c558b21963a3f3fb6b08c715e8e2bb6c795162994bc"),
        digest(
            "SHA384",
            "4280a353c5e16a22987b9c7955301f3eeef972b4bf445d276b987896295a00682ca975a5df98e735"
                + "da8e227daed49b39"),
        digest(
            "SHA512",
            "f11512542fedc33dd3b3ba0c1a320447339703cc2f886818cad20b470a5646df9a178b5994fd506c"
                + "f264d404046281f1875f7d2317eb344e79896a71a0ccd7aa"), sha2,
    ]

    private static func digest(_ name: String, _ example: String) -> ScalarFunction {
        ScalarFunction(
            name, family: .hash, usage: "\(name)(text)",
            documentation: "The \(name) digest of the text in UTF-8, in hexadecimal digits.",
            examples: [FunctionExample("\(name)('weir')", example)],
            resolve: Typing.strings(1...1, to: .varchar(.max))
        ) { call in
            call.mapToBytes { row, output in
                append(name, call.bytes(0, row), &output)
            }
        }
    }

    static let sha2 = ScalarFunction(
        "SHA2", family: .hash, usage: "SHA2(text, bits)",
        documentation:
            "The SHA-2 digest of the text with 224, 256, 384 or 512 bits, in hexadecimal digits.",
        examples: [
            FunctionExample(
                "SHA2('weir', 224)", "53d24f46f7e89becb4b88303bcc754472c4e2b62e6d7ba144fa7744d")
        ],
        resolve: Typing.parameters(.string, .integer, to: .varchar(.max))
    ) { call in
        call.mapToBytes { row, output in
            let bits = call.integer(1, row)
            guard [224, 256, 384, 512].contains(bits) else {
                call.errors.add(row, .badArgument, "SHA2 has no digest of \(bits) bits")
                return false
            }
            return append("SHA\(bits)", call.bytes(0, row), &output)
        }
    }

    /// Appends the digits of a digest.
    static func append(
        _ name: String, _ text: ArraySlice<UInt8>, _ output: inout [UInt8]
    ) -> Bool {
        var digest = [UInt8](repeating: 0, count: 64)
        let size = text.withUnsafeBufferPointer {
            weir_hash(name, $0.baseAddress, $0.count, &digest)
        }
        output.append(text: ValueText.hex(digest.prefix(size)))
        return size > 0
    }
}
