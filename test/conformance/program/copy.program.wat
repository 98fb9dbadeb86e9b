(module
  (memory 1)
  (data (i32.const 0x100) " the program's")
  (func (export "_start")))
