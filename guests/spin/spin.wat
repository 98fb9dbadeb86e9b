;; An endless loop without a call: it never asks the hypervisor for anything, and still gets its share and no more.
(module
  (func (export "hv_start")
    (loop $forever (br $forever))))
