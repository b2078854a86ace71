import JSONValue
import Testing

@testable import OperatorRuntime

@Suite struct CacheSelectionTests {
    private let object: JSON = ["metadata": ["name": "a", "labels": ["app": "x"]], "spec": ["nodeName": "n", "count": 3]]

    @Test(
        arguments: [
            (nil, nil, true), ("", "", true), ("app=x", nil, true), ("app=y", nil, false), ("!app", nil, false),
            (nil, "metadata.name=a", true),
            (nil, "metadata.name!=a", false), ("app=x", "spec.nodeName=m", false), (nil, "spec.count=3", true), ("app in (", nil, false),
        ] as [(String?, String?, Bool)]
    )
    func selects(labels: String?, fields: String?, expected: Bool) {
        #expect(CacheSelection(labels: labels, fields: fields).matches(object) == expected)
    }
}
