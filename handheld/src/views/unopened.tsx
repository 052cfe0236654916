/** The store cannot be opened: what to do instead of a white page. In both languages, for the one
 * that was chosen stands in the store. */

export function Unopened() {
  return (
    <main class="screen center">
      <h1>派工</h1>
      <p>打不开本机存储。请刷新;还是不行,就关掉其他派工页面,或把手机重启。</p>
      <p>不要使用无痕模式,不要清除本站数据:没有送达的记录在里面。有急事请打电话给调度台。</p>
      <p lang="en">
        The store of this handheld cannot be opened. Reload; if that does not help, close other tabs
        of this app or restart the phone.
      </p>
      <p lang="en">
        Do not browse privately and do not clear this site's data: what is not delivered yet is in
        there. If it is urgent, call the desk.
      </p>
      <button type="button" class="primary" onClick={() => location.reload()}>
        刷新 Reload
      </button>
    </main>
  );
}
