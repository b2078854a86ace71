import CoreMetrics
import Observability
import Testing

@Suite struct PrometheusRegistryTests {
    @Test func countersOfTheSameLabelsShareASeries() {
        let registry = PrometheusRegistry()
        Counter(label: "jobs_total", dimensions: [("queue", "a"), ("kind", "b")], factory: registry).increment(by: 2)
        Counter(label: "jobs_total", dimensions: [("kind", "b"), ("queue", "a")], factory: registry).increment(by: 3)
        #expect(registry.exposition() == "# TYPE jobs_total counter\njobs_total{kind=\"b\",queue=\"a\"} 5\n")
    }

    @Test func namesAndLabelValuesAreEscaped() {
        let registry = PrometheusRegistry()
        registry.setHelp("a.b-c", "line\nbreak \\ \"quoted\"")
        Counter(label: "a.b-c", dimensions: [("x.y", "q\"uo\\te\nend")], factory: registry).increment()
        #expect(
            registry.exposition()
                == "# HELP a_b_c line\\nbreak \\\\ \"quoted\"\n# TYPE a_b_c counter\na_b_c{x_y=\"q\\\"uo\\\\te\\nend\"} 1\n"
        )
    }

    @Test func timersAreHistogramsInSeconds() {
        let registry = PrometheusRegistry(configuration: .init(buckets: ["t_seconds": [0.1, 1]]))
        let timer = Timer(label: "t_seconds", dimensions: [("a", "b")], factory: registry)
        timer.recordNanoseconds(50_000_000)
        timer.recordNanoseconds(100_000_000)
        timer.recordNanoseconds(2_000_000_000)
        let lines = registry.exposition().split(separator: "\n").map(String.init)
        #expect(
            lines == [
                "# TYPE t_seconds histogram",
                "t_seconds_bucket{a=\"b\",le=\"0.1\"} 2",
                "t_seconds_bucket{a=\"b\",le=\"1\"} 2",
                "t_seconds_bucket{a=\"b\",le=\"+Inf\"} 3",
                "t_seconds_sum{a=\"b\"} 2.15",
                "t_seconds_count{a=\"b\"} 3",
            ]
        )
    }

    @Test func gaugesRiseAndFall() {
        let registry = PrometheusRegistry()
        let meter = Meter(label: "g", factory: registry)
        meter.set(4)
        meter.increment(by: 0.5)
        meter.decrement(by: 2)
        #expect(registry.exposition().contains("g 2.5\n"))
    }

    @Test func labelCombinationsAreCapped() {
        let registry = PrometheusRegistry(configuration: .init(maximumSeriesPerMetric: 3))
        for tenant in 0..<10 { Counter(label: "c_total", dimensions: [("tenant", "t\(tenant)")], factory: registry).increment() }
        let text = registry.exposition()
        #expect(text.contains("c_total{tenant=\"t2\"} 1\n"))
        #expect(!text.contains("t3"))
        #expect(text.contains("c_total{tenant=\"overflow\"} 7\n"))
        #expect(text.contains("metrics_overflowed_series_total{metric=\"c_total\"} 7\n"))
    }

    @Test func aNameUsedForTwoKindsKeepsTheFirst() {
        let registry = PrometheusRegistry()
        Counter(label: "x", factory: registry).increment()
        Meter(label: "x", factory: registry).set(9)
        #expect(registry.exposition() == "# TYPE x counter\nx 1\n")
    }

    @Test func destroyedSeriesDisappear() {
        let registry = PrometheusRegistry()
        let counter = Counter(label: "gone", factory: registry)
        counter.increment()
        counter.destroy()
        #expect(registry.exposition().isEmpty)
    }

    @Test func collectorsAreReadAtExposition() {
        let registry = PrometheusRegistry()
        registry.addCollector { [MetricSample(name: "age_seconds", labels: [("a", "b")], value: .infinity)] }
        registry.addCollector(ProcessMetrics.collector())
        let text = registry.exposition()
        #expect(text.contains("# TYPE age_seconds gauge\nage_seconds{a=\"b\"} +Inf\n"))
        #expect(text.contains("process_resident_memory_bytes "))
    }
}
