;; A schema that is its own part, without an end.
(data (i32.const 8192) "{\22$ref\22:\22#/$defs/a\22,\22$defs\22:{\22a\22:{\22$ref\22:\22#/$defs/b\22},\22b\22:{\22$ref\22:\22#/$defs/a\22}}}")
(data (i32.const 4132) "\00\20\00\00\50\00\00\00")
