/** The outlines of countries; typed here, because inferring the type of a file this large takes long. */
declare module "world-atlas/*.json" {
  const topology: import("topojson-specification").Topology;
  export default topology;
}
