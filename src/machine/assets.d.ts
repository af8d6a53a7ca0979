/** A file that the page's build puts beside its own, and where it will be found. */
declare module "*?url" {
  const url: string;
  export default url;
}
