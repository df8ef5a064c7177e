/**
 * SUN397 (Xiao et al., 2010): `a/abbey/sun_ID.jpg`, `ClassName.txt` with `/a/abbey` a line, and split 1 of its ten:
 * `Training_01.txt` and `Testing_01.txt` with `/a/abbey/sun_ID.jpg` a line. The lists lie beside the letters'
 * folders, or in `Partitions`.
 *
 * An image's class is its folder. (The authors' loader takes the first class name found anywhere in the path, so
 * that its "barn" images count as "bar"; that is not followed here.)
 */
import { DatasetError } from "../dataset.ts";
import { firstThere } from "./by-class.ts";
import { type NamedImage, readLists } from "./lists.ts";
import type { Reader } from "./reader.ts";

export const readSun397: Reader = async (root) => {
  const find = async (name: string) => {
    const file = await firstThere(root, [name, `Partitions/${name}`, `SUN397/${name}`]);
    if (file === undefined)
      throw new DatasetError(`${root.at(name)} is missing, and so is Partitions/${name}`);
    return file;
  };
  /** "/a/abbey" to "abbey", "/a/apartment_building/outdoor" to "apartment_building/outdoor". */
  const className = (folder: string) => folder.slice(3);
  const classes = (await root.lines(await find("ClassName.txt"))).map((line) => className(line.trim()));
  const base = (await root.has("SUN397/a")) ? "SUN397" : "";
  const read = async (name: string): Promise<NamedImage[]> =>
    (await root.lines(await find(name))).map((raw) => {
      const line = raw.trim();
      return [`${base}${line}`.replace(/^\//, ""), className(line.slice(0, line.lastIndexOf("/")))];
    });
  const lists = { train: await read("Training_01.txt"), test: await read("Testing_01.txt") };
  return {
    layout: "folders by letter with Training_01 and Testing_01",
    splitRule: "published: split 1 of 10",
    classes,
    ...(await readLists(root, lists, classes)),
  };
};
