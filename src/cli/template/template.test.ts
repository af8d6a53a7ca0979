import { expect, test } from "vitest";
import { compileTemplate } from "./template.js";
import { TemplateError } from "./template-error.js";

const data = {
  Id: "758c65c259f8",
  Name: "/s1",
  State: { Status: "running", Running: true, OOMKilled: false, Pid: 18162 },
  Config: { Cmd: ["sh", "-c", "true"], Labels: { b: "2", a: "1" }, Env: null },
  Empty: [],
};

test.each([
  ["{{.State.OOMKilled}}", "false"],
  ["{{.State.Pid}} {{.Name}}", "18162 /s1"],
  ["{{range .Config.Cmd}}{{.}} {{end}}", "sh -c true "],
  ["{{index .Config.Cmd 0}}", "sh"],
  ['{{index .Config.Labels "a"}}', "1"],
  ["{{len .Config.Cmd}}", "3"],
  ['{{join .Config.Cmd ","}}', "sh,-c,true"],
  ["{{json .Config.Labels}}", '{"b":"2","a":"1"}'],
  ["{{range $k, $v := .Config.Labels}}{{$k}}={{$v}};{{end}}", "a=1;b=2;"],
  ["{{with .State}}{{.Status}}{{else}}no{{end}}", "running"],
  ['{{if and .State.Running (eq .Name "/s1")}}yes{{else}}no{{end}}', "yes"],
  ["{{if .State.OOMKilled}}a{{else if .State.Running}}b{{else}}c{{end}}", "b"],
  ["{{range .Empty}}x{{else}}none{{end}}", "none"],
  ["{{.Name | upper}}", "/S1"],
  ["{{slice .Id 0 4}}", "758c"],
  ['a {{- " x " -}} b', "a x b"],
  ["{{/* a }} comment */}}.", "."],
  ["a {{- /* c */ -}} b", "ab"],
  ['{{title "ab"}}{{split "a,b" ","}}{{pad "a" 1 2}}.{{truncate "abcdef" 3}}', "Ab[a b] a  .abc"],
  ['{{printf "%s-%d-%q-%5s|%-4s|" .Name .State.Pid .Name "a" "b"}}', '/s1-18162-"/s1"-    a|b   |'],
  ["{{.Config.Labels}} {{.Config.Cmd}}", "map[a:1 b:2] [sh -c true]"],
  ["{{.Config.Env}}", "<no value>"],
  ["{{$x := .Name}}{{$x}}{{$x = .Id}}{{$x}}", "/s1758c65c259f8"],
  ["{{(index .Config.Cmd 1)}}{{$.Name}}", "-c/s1"],
  ["{{not .State.Running}} {{or .Empty .Name}} {{ne 1 2}} {{lt 1 2}}", "false /s1 true true"],
  ["{{range $i, $c := .Config.Cmd}}{{$i}}{{end}}", "012"],
  ["{{println .Name}}{{print 1 2}}", "/s1\n1 2"],
  ["{{print 1 2 `a` `b` 3}}", "1 2ab3"],
  ["{{range .Config.Cmd}}{{if eq . `-c`}}{{break}}{{end}}{{.}}{{end}}", "sh"],
  ["{{range .Config.Cmd}}{{if eq . `-c`}}{{continue}}{{end}}{{.}}{{end}}", "shtrue"],
  ["{{define `t`}}[{{.}}]{{end}}{{template `t` .Name}}{{template `t`}}", "[/s1][<no value>]"],
  ["{{block `b` .State}}{{.Pid}}{{end}}", "18162"],
  ["{{'a'}} {{'\\n'}}", "97 10"],
  ["{{html `<a>`}} {{urlquery `a b`}} {{js `it's`}}", "&lt;a&gt; a+b it\\'s"],
])("%s", (source, text) => expect(compileTemplate(source).execute(data)).toBe(text));

test.each([
  ["{{.Nope}}", 'template: :1:2: executing "" at <.Nope>: map has no entry for key "Nope"'],
  ["{{.State.Nope.X}}", 'template: :1:8: executing "" at <.State.Nope.X>: map has no entry for key "Nope"'],
  [
    "{{index .Config.Cmd 9}}",
    'template: :1:2: executing "" at <index .Config.Cmd 9>: error calling index: index out of range: 9',
  ],
  ["{{$.State.Nope}}", 'template: :1:3: executing "" at <$.State.Nope>: map has no entry for key "Nope"'],
  ['{{template "x" .}}', 'template: :1:2: executing "" at <{{template "x" .}}>: template "x" not defined'],
  ["{{nil}}", 'template: :1:2: executing "" at <nil>: nil is not a command'],
])("%s cannot be carried out", (source, message) => {
  expect(() => compileTemplate(source).execute(data)).toThrow(new TemplateError("execute", message));
});

test.each([
  ["{{if", "template: :1: unclosed action"],
  ["{{foo}}", 'template: :1: function "foo" not defined'],
  ["{{if .a}}", "template: :1: unexpected EOF"],
  ["{{end}}", "template: :1: unexpected {{end}}"],
  ['{{"a}}', "template: :1: unterminated quoted string"],
  ["{{$x}}", 'template: :1: undefined variable "$x"'],
  ["{{with $x := .Name}}{{end}}{{$x}}", 'template: :1: undefined variable "$x"'],
  ["{{break}}", "template: :1: {{break}} outside {{range}}"],
  ["{{range .Empty}}a{{else}}b{{else}}c{{end}}", "template: :1: expected end; found {{else}}"],
  ["{{if}}{{end}}", "template: :1: missing value for if"],
  ["{{}}", "template: :1: missing value for command"],
])("%s cannot be read", (source, message) => {
  expect(() => compileTemplate(source)).toThrow(new TemplateError("parse", message));
});
