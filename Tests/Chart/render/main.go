// Renders a chart as Helm 3 does, with the same template engine and function library, for machines without Helm.
//
// Not done: dependencies and post-renderers. lookup finds what the file of -cluster has, a List; without it nothing, as in `helm template`.
//
//	render -chart DIR [-values FILE]... [-set a.b=yaml]... [-release NAME] [-namespace NAME] [-upgrade] [-kube-version V] [-notes] [-cluster FILE]
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io/ioutil"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"sigs.k8s.io/yaml"
)

type list []string

func (l *list) String() string     { return strings.Join(*l, ",") }
func (l *list) Set(v string) error { *l = append(*l, v); return nil }

// files is what a template sees as .Files.
type files map[string][]byte

func (f files) Get(name string) string { return string(f[name]) }

func (f files) Glob(pattern string) files {
	found := files{}
	for name, content := range f {
		if ok, _ := path.Match(pattern, name); ok {
			found[name] = content
		}
	}
	return found
}

func (f files) AsConfig() string {
	texts := map[string]string{}
	for name, content := range f {
		texts[path.Base(name)] = string(content)
	}
	return toYAML(texts)
}

// versions is what a template sees as .Capabilities.APIVersions.
type versions []string

func (v versions) Has(wanted string) bool {
	for _, known := range v {
		if known == wanted {
			return true
		}
	}
	return false
}

type kubeVersion struct{ Version, Major, Minor string }

func (v kubeVersion) String() string { return v.Version }

type capabilities struct {
	KubeVersion kubeVersion
	APIVersions versions
}

func toYAML(value interface{}) string {
	text, err := yaml.Marshal(value)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(text), "\n")
}

func toJSON(value interface{}) string {
	text, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(text)
}

func fromYAML(text string) map[string]interface{} {
	value := map[string]interface{}{}
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		value["Error"] = err.Error()
	}
	return value
}

func fromYAMLArray(text string) []interface{} {
	value := []interface{}{}
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		value = []interface{}{err.Error()}
	}
	return value
}

// merged lays values over others, as Helm does: maps are merged, null takes a member away, everything else is replaced.
func merged(base, over map[string]interface{}) map[string]interface{} {
	result := map[string]interface{}{}
	for name, value := range base {
		result[name] = value
	}
	for name, value := range over {
		if value == nil {
			delete(result, name)
			continue
		}
		below, isMap := result[name].(map[string]interface{})
		above, alsoMap := value.(map[string]interface{})
		if isMap && alsoMap {
			result[name] = merged(below, above)
		} else {
			result[name] = value
		}
	}
	return result
}

func set(values map[string]interface{}, assignment string) error {
	parts := strings.SplitN(assignment, "=", 2)
	if len(parts) != 2 {
		return fmt.Errorf("-set %s: there is no '='", assignment)
	}
	var value interface{}
	if err := yaml.Unmarshal([]byte(parts[1]), &value); err != nil {
		return err
	}
	names := strings.Split(parts[0], ".")
	for _, name := range names[:len(names)-1] {
		next, ok := values[name].(map[string]interface{})
		if !ok {
			next = map[string]interface{}{}
			values[name] = next
		}
		values = next
	}
	if value == nil {
		delete(values, names[len(names)-1])
	} else {
		values[names[len(names)-1]] = value
	}
	return nil
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "render:", err)
		os.Exit(1)
	}
}

// found is what lookup answers: one object, or with an empty name a list of those of a kind.
func found(cluster []interface{}, apiVersion, kind, namespace, name string) map[string]interface{} {
	items := []interface{}{}
	for _, entry := range cluster {
		object, _ := entry.(map[string]interface{})
		metadata, _ := object["metadata"].(map[string]interface{})
		in, _ := metadata["namespace"].(string)
		if object["apiVersion"] != apiVersion || object["kind"] != kind || (namespace != "" && in != namespace) {
			continue
		}
		if name != "" && metadata["name"] == name {
			return object
		}
		items = append(items, object)
	}
	if name != "" || len(items) == 0 {
		return map[string]interface{}{}
	}
	return map[string]interface{}{"items": items}
}

func functions(root *template.Template, cluster []interface{}) template.FuncMap {
	known := sprig.TxtFuncMap()
	delete(known, "env")
	delete(known, "expandenv")
	known["toYaml"] = toYAML
	known["toJson"] = toJSON
	known["fromYaml"] = fromYAML
	known["fromYamlArray"] = fromYAMLArray
	known["fromJson"] = fromYAML
	known["lookup"] = func(apiVersion, kind, namespace, name string) map[string]interface{} {
		return found(cluster, apiVersion, kind, namespace, name)
	}
	known["required"] = func(message string, value interface{}) (interface{}, error) {
		if text, isText := value.(string); value == nil || (isText && text == "") {
			return value, fmt.Errorf("%s", message)
		}
		return value, nil
	}
	known["fail"] = func(message string) (string, error) { return "", fmt.Errorf("%s", message) }
	depth := map[string]int{}
	known["include"] = func(name string, data interface{}) (string, error) {
		if depth[name]++; depth[name] > 100 {
			return "", fmt.Errorf("%s includes itself", name)
		}
		defer func() { depth[name]-- }()
		var text strings.Builder
		err := root.ExecuteTemplate(&text, name, data)
		return text.String(), err
	}
	known["tpl"] = func(text string, data interface{}) (string, error) {
		copied, err := root.Clone()
		if err != nil {
			return "", err
		}
		parsed, err := copied.New("tpl").Parse(text)
		if err != nil {
			return "", err
		}
		var result strings.Builder
		err = parsed.Execute(&result, data)
		return strings.ReplaceAll(result.String(), "<no value>", ""), err
	}
	return known
}

func main() {
	var valueFiles, settings list
	directory := flag.String("chart", "", "the chart's directory")
	flag.Var(&valueFiles, "values", "a file with values; the last one wins")
	flag.Var(&settings, "set", "a value: path=yaml")
	release := flag.String("release", "opencrane", "name of the release")
	namespace := flag.String("namespace", "opencrane", "its namespace")
	isUpgrade := flag.Bool("upgrade", false, "an upgrade instead of an install")
	version := flag.String("kube-version", "v1.31.0", "version of Kubernetes")
	onlyValues := flag.Bool("show-values", false, "write the merged values as JSON instead")
	onlyNotes := flag.Bool("notes", false, "write the notes instead")
	clusterFile := flag.String("cluster", "", "a file with a List of what the cluster has, for lookup")
	flag.Parse()

	var chart map[string]interface{}
	text, err := ioutil.ReadFile(filepath.Join(*directory, "Chart.yaml"))
	fail(err)
	fail(yaml.Unmarshal(text, &chart))
	// Templates see the chart's members with capital initials.
	described := map[string]interface{}{}
	for name, value := range chart {
		described[strings.ToUpper(name[:1])+name[1:]] = value
	}

	values := map[string]interface{}{}
	for _, file := range append(list{filepath.Join(*directory, "values.yaml")}, valueFiles...) {
		text, err := ioutil.ReadFile(file)
		fail(err)
		over := map[string]interface{}{}
		fail(yaml.Unmarshal(text, &over))
		values = merged(values, over)
	}
	for _, assignment := range settings {
		fail(set(values, assignment))
	}
	if *onlyValues {
		fmt.Println(toJSON(values))
		return
	}

	chartFiles, templates := files{}, map[string]string{}
	fail(filepath.Walk(*directory, func(place string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		name, err := filepath.Rel(*directory, place)
		if err != nil {
			return err
		}
		content, err := ioutil.ReadFile(place)
		if err != nil {
			return err
		}
		if strings.HasPrefix(name, "templates/") {
			templates[name] = string(content)
		} else {
			chartFiles[name] = content
		}
		return nil
	}))

	var cluster struct {
		Items []interface{} `json:"items"`
	}
	if *clusterFile != "" {
		text, err := ioutil.ReadFile(*clusterFile)
		fail(err)
		fail(yaml.Unmarshal(text, &cluster))
	}
	root := template.New("chart").Option("missingkey=zero")
	root.Funcs(functions(root, cluster.Items))
	names := []string{}
	prefix := fmt.Sprintf("%v/", chart["name"])
	for name, content := range templates {
		_, err := root.New(prefix + name).Parse(content)
		fail(err)
		names = append(names, name)
	}
	sort.Strings(names)
	parts := strings.Split(strings.TrimPrefix(*version, "v"), ".")
	for _, name := range names {
		base := path.Base(name)
		isNotes := base == "NOTES.txt"
		if strings.HasPrefix(base, "_") || isNotes != *onlyNotes {
			continue
		}
		data := map[string]interface{}{
			"Values": values, "Chart": described, "Files": chartFiles,
			"Release": map[string]interface{}{
				"Name": *release, "Namespace": *namespace, "Service": "Helm", "Revision": 1, "IsInstall": !*isUpgrade, "IsUpgrade": *isUpgrade,
			},
			"Template": map[string]interface{}{"Name": prefix + name, "BasePath": prefix + "templates"},
			"Capabilities": capabilities{
				KubeVersion: kubeVersion{Version: *version, Major: parts[0], Minor: parts[1]},
				APIVersions: versions{"v1", "apps/v1", "batch/v1", "policy/v1", "networking.k8s.io/v1"},
			},
		}
		var text strings.Builder
		fail(root.ExecuteTemplate(&text, prefix+name, data))
		result := strings.ReplaceAll(text.String(), "<no value>", "")
		if strings.TrimSpace(result) == "" {
			continue
		}
		if isNotes {
			fmt.Print(result)
		} else {
			fmt.Printf("---\n# Source: %s%s\n%s\n", prefix, name, strings.TrimPrefix(strings.TrimSpace(result), "---"))
		}
	}
}
