import { type ArgumentMetadata, BadRequestException, Injectable, type PipeTransform } from "@nestjs/common";

/** Reads an id of Kommo's in an address. */
@Injectable()
export class IdPipe implements PipeTransform<string, number> {
  transform(given: string, { data }: ArgumentMetadata): number {
    if (!/^\d{1,15}$/.test(given)) throw new BadRequestException(`${data} is a number of at most 15 digits.`);
    return Number(given);
  }
}
