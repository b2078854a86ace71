import Foundation
import JSONValue

/// What the figures were taken on.
package enum Machine {
    package static var loadAverage: String {
        let text = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? ""
        return text.split(separator: " ").prefix(3).joined(separator: " ")
    }

    package static var description: JSON {
        let processors = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model = processors.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last.map(String.init)
        let memory = Double(ProcessInfo.processInfo.physicalMemory) / Double(1 << 30)
        return [
            "processors": .integer(Int64(ProcessInfo.processInfo.activeProcessorCount)),
            "model": .string((model ?? "unknown").trimmingCharacters(in: .whitespaces)),
            "memoryGiB": .number(memory.rounded()),
            "system": .string(ProcessInfo.processInfo.operatingSystemVersionString),
        ]
    }
}
