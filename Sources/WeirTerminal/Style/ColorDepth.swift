// How many colours a terminal has, and the nearest of them to a wish.

/// Steps of colour support.
package enum ColorDepth: Sendable, Comparable {
    case mono
    case sixteen
    case palette256
}

/// A colour as a theme states it.
package struct RGB: Hashable, Sendable {
    package let red: Int
    package let green: Int
    package let blue: Int

    package init(red: Int, green: Int, blue: Int) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// `#rrggbb`; nil for anything else.
    package init?(hex: String) {
        guard hex.hasPrefix("#"), hex.utf8.count == 7, let value = Int(hex.dropFirst(), radix: 16)
        else { return nil }
        self.init(red: value >> 16 & 255, green: value >> 8 & 255, blue: value & 255)
    }

    /// The nearest colour of the 6×6×6 cube or the grey ramp (xterm's 256 colours).
    package var nearest256: Color {
        let steps = [0, 95, 135, 175, 215, 255]
        func nearest(_ value: Int) -> Int {
            steps.indices.min { abs(steps[$0] - value) < abs(steps[$1] - value) } ?? 0
        }
        let cube = (nearest(red), nearest(green), nearest(blue))
        let cubeDistance = distance(steps[cube.0], steps[cube.1], steps[cube.2])
        let grey = min(23, max(0, ((red + green + blue) / 3 - 3) / 10))
        let level = 8 + grey * 10
        if distance(level, level, level) < cubeDistance { return Color(232 + grey) }
        return Color(16 + cube.0 * 36 + cube.1 * 6 + cube.2)
    }

    private func distance(_ red: Int, _ green: Int, _ blue: Int) -> Int {
        let (r, g, b) = (self.red - red, self.green - green, self.blue - blue)
        return r * r + g * g + b * b
    }

    /// WCAG relative luminance, 0 to 1, with a simple gamma of 2.
    package var luminance: Double {
        func linear(_ value: Int) -> Double { Double(value * value) / (255 * 255) }
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }
}
