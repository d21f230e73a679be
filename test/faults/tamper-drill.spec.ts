import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tempDir, type TempDir } from '#testing';
import { ATTACKS, CONTROL } from '../tamper-drill/attacks.js';
import { attackOnce, untouched } from '../tamper-drill/drill.js';
import { Template } from '../tamper-drill/world.js';

/** One of each sort: in the database while it runs, at rest, and one that only outsiders can notice. The whole drill is `npm run -s tamper-drill`. */
const SAMPLE = ['edit a row', "restore the database's old backup", 're-sign with the stolen key'];

describe('a sample of the tamper drill', () => {
  let place: TempDir;
  let template: Template;

  beforeAll(async () => {
    place = await tempDir('tamper-drill');
    template = await Template.make(place.path);
  }, 240_000);

  afterAll(() => place.remove());

  it('alarms nobody when nobody has touched anything', async () => {
    expect(await untouched(template, CONTROL, [])).toEqual([]);
  }, 120_000);

  it.each(SAMPLE)(
    '%s is noticed by everybody who is there to notice it',
    async (title) => {
      const attack = ATTACKS.find((each) => each.title === title);
      expect(attack).toBeDefined();
      if (!attack) return;
      const { detections, blind } = await attackOnce(template, attack);
      expect([detections.length, blind]).toEqual([attack.observers.length, []]);
    },
    180_000,
  );
});
