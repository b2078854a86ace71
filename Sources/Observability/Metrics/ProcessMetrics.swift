import Foundation

/// Metrics of the process itself, under the names that Prometheus client libraries share.
public enum ProcessMetrics {
    /// A collector for ``PrometheusRegistry/addCollector(_:)``: memory, processor time, open files and start time, from `/proc`.
    /// Where there is no `/proc` it gives nothing.
    public static func collector() -> @Sendable () -> [MetricSample] {
        let start = Date().timeIntervalSince1970
        return {
            var samples = [MetricSample(name: "process_start_time_seconds", value: start.rounded())]
            if let pages = fields(of: "/proc/self/statm"), pages.count > 1, let size = Double(pages[0]), let resident = Double(pages[1]) {
                samples.append(MetricSample(name: "process_virtual_memory_bytes", value: size * 4096))
                samples.append(MetricSample(name: "process_resident_memory_bytes", value: resident * 4096))
            }
            // The second field is the program's name in parentheses and may hold spaces, so counting begins after it.
            if let text = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8), let end = text.lastIndex(of: ")") {
                let rest = text[text.index(after: end)...].split(separator: " ")
                if rest.count > 12, let user = Double(rest[11]), let system = Double(rest[12]) {
                    samples.append(MetricSample(name: "process_cpu_seconds_total", value: (user + system) / 100, kind: .counter))
                }
            }
            if let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count {
                samples.append(MetricSample(name: "process_open_fds", value: Double(open)))
            }
            return samples
        }
    }

    private static func fields(of path: String) -> [Substring]? {
        (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: " ")
    }
}
